// The state of an answer, `props`, drawn while it comes. React inserts what the model wrote as text.
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";

export default function Trip() {
  const document = props.blocks?.find((block) => block.type === "output")?.document;
  const trip = document?.value ?? {};
  const cursor = (pointer) => (document?.open === pointer ? "▍" : "");
  return (
    <Card className="w-full max-w-xl" data-trip={document?.status ?? "missing"}>
      <CardHeader>
        <CardTitle>{trip.title ?? "…"}{cursor("/title")}</CardTitle>
      </CardHeader>
      <CardContent className="flex flex-col gap-3">
        {(trip.stops ?? []).map((stop, index) => (
          <div key={index} className="flex justify-between gap-4 border-t pt-3">
            <div>
              <div className="font-medium">{stop.place}{cursor(`/stops/${index}/place`)}</div>
              <div className="text-sm text-muted-foreground">{stop.note}{cursor(`/stops/${index}/note`)}</div>
            </div>
            {stop.minutes !== undefined && <Badge variant="secondary" className="self-start whitespace-nowrap">{stop.minutes} min</Badge>}
          </div>
        ))}
        {trip.summary && <p className="border-t pt-3">{trip.summary}{cursor("/summary")}</p>}
      </CardContent>
    </Card>
  );
}
