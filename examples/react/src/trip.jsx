// A trip while it comes. Each component is given its part of the document, `value`, and `open`: where in this part the
// model writes now, a JSON Pointer, or null if it writes elsewhere. Both stay the same while nothing changes here.
import { memo } from "react";
import { useCount } from "./counting.js";

const remember = new URLSearchParams(location.search).has("forget") ? (component) => component : memo;

/** `open` for the part under a key. */
function within(open, key) {
  if (open === null) return null;
  const step = `/${key}`;
  return open === step || open.startsWith(`${step}/`) ? open.slice(step.length) : null;
}

const Text = remember(function Text({ as: Tag, place, value, open }) {
  const renders = useCount(place);
  return (
    <Tag data-place={place} data-renders={renders} data-growing={open === null ? undefined : ""}>
      <span>{value}</span>
    </Tag>
  );
});

const Stop = remember(function Stop({ place, value, open }) {
  const renders = useCount(place);
  return (
    <li data-place={place} data-renders={renders}>
      <Text as="h2" place={`${place}/place`} value={value.place} open={within(open, "place")} />
      <span data-place={`${place}/minutes`}>{value.minutes === undefined ? "…" : `${value.minutes} min`}</span>
      <Text as="p" place={`${place}/note`} value={value.note} open={within(open, "note")} />
    </li>
  );
});

const Stops = remember(function Stops({ place, value, open }) {
  const renders = useCount(place);
  return (
    <ol data-place={place} data-renders={renders}>
      {value.map((stop, index) => (
        // Elements of a list are only ever added at its end.
        <Stop key={index} place={`${place}/${index}`} value={stop} open={within(open, index)} />
      ))}
    </ol>
  );
});

export const Trip = remember(function Trip({ value, open }) {
  useCount("");
  return (
    <article>
      <Text as="h1" place="/title" value={value.title} open={within(open, "title")} />
      {value.stops && <Stops place="/stops" value={value.stops} open={within(open, "stops")} />}
      <Text as="p" place="/summary" value={value.summary} open={within(open, "summary")} />
    </article>
  );
});
