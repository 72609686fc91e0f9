import type { Delta, Json } from "./patch.js";

/** What has just been applied to the state. */
export interface Applied {
  readonly deltas: readonly Delta[];
  /** The number of the state. */
  readonly seq: number;
  /** The size of the frame as it came, in UTF-8. */
  readonly bytes: number;
}

export interface ConnectOptions<State> {
  /** How the frames come: "sse" (EventSource, the default) or "websocket". */
  transport?: "sse" | "websocket";
  /** Called once when the server has said that the state is final. */
  onEnd?: (state: State | undefined) => void;
  /** Called when a connection was lost, or a frame refused; another one is opened after `delay` milliseconds. */
  onError?: (error: Error, delay: number) => void;
  /** Whether an EventSource sends cookies to another origin. */
  withCredentials?: boolean;
  /** The subprotocols of a WebSocket. */
  protocols?: string | string[];
  /** What to use in place of the browser's own. */
  EventSource?: unknown;
  WebSocket?: unknown;
}

export interface Connection<State> {
  /** The state now; undefined before the first frame. */
  readonly state: State | undefined;
  /** What the server would be asked to go on from, "<run>:<seq>"; null before the first frame. */
  readonly id: string | null;
  /** Close the connection for good. */
  close(): void;
}

/**
 * Keep a state up to date until close() is called or the server says that it is final.
 *
 * @param url the address of the stream; for a WebSocket, http(s) and relative addresses will do
 * @param onState called after each frame with the state, which shares what has not changed with the one before
 */
export function connect<State = Json>(
  url: string | URL,
  onState: (state: State, applied: Applied) => void,
  options?: ConnectOptions<State>,
): Connection<State>;
