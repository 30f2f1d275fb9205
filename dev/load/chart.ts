/** Panels of an SVG picture: lines over time, one above the other. */

export interface Line {
  readonly name: string;
  readonly color: string;
  /** Seconds, and a value: at least 0, on a logarithmic axis above 0. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  /** Of its y-axis: a linear one begins at 0, a logarithmic one at the power of ten below its least value. */
  readonly scale: "linear" | "logarithmic";
  readonly lines: readonly Line[];
}

const WIDTH = 900;
const HEIGHT = 150;
const LEFT = 70;
const RIGHT = 20;
const TOP = 40;
const GAP = 60;
const GRID = "#d0d7de";

/** @param seconds the end of the x-axis */
export function chart(title: string, seconds: number, panels: readonly Panel[]): string {
  const height = TOP + panels.length * (HEIGHT + GAP);
  const drawn = panels.map((panel, index) => draw(panel, seconds, TOP + 30 + index * (HEIGHT + GAP)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#1f2328">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="bold">${escaped(title)}</text>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function draw({ title, scale, lines }: Panel, seconds: number, top: number): string {
  const values = lines.flatMap(({ points }) => points.map(([, y]) => y));
  const ticks = scale === "linear" ? linearTicks(Math.max(...values, 0)) : powersOfTen(values);
  const [first = 0, last = 1] = [ticks[0], ticks.at(-1)];
  const x = (value: number) => LEFT + (value / seconds) * (WIDTH - LEFT - RIGHT);
  const share = (value: number) =>
    scale === "linear" ? value / last : Math.log(value / first) / Math.log(last / first);
  const y = (value: number) => top + HEIGHT * (1 - share(value));
  return [
    `<text x="${LEFT}" y="${top - 8}" font-weight="bold">${escaped(title)}</text>`,
    ...ticks.flatMap((tick) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(tick))}" y2="${at(y(tick))}" stroke="${GRID}"/>`,
      `<text x="${LEFT - 6}" y="${at(y(tick) + 4)}" text-anchor="end">${tick}</text>`,
    ]),
    ...linearTicks(seconds)
      .filter((tick) => tick <= seconds)
      .map((tick) => `<text x="${at(x(tick))}" y="${top + HEIGHT + 16}" text-anchor="middle">${tick} s</text>`),
    ...lines.map(({ color, points }) => {
      const path = points.map(([px, py]) => `${at(x(px))},${at(y(py))}`).join(" ");
      return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
    }),
    ...legend(lines, top - 8),
  ].join("\n");
}

const LEGEND_WIDTH = 110;

const legend = (lines: readonly Line[], y: number): readonly string[] =>
  lines.map(({ name, color }, index) => {
    const x = WIDTH - RIGHT - (lines.length - index) * LEGEND_WIDTH;
    return `<rect x="${x}" y="${y - 9}" width="10" height="10" fill="${color}"/><text x="${x + 15}" y="${y}">${escaped(name)}</text>`;
  });

/** From 0 to at least `most`, in steps of 1, 2 or 5 times a power of ten, at most eight. */
export function linearTicks(most: number): readonly number[] {
  if (most <= 0) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => most / one <= 8) ?? most;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

/** The powers of ten around some values above 0, at least two. */
export function powersOfTen(values: readonly number[]): readonly number[] {
  const first = Math.floor(Math.log10(Math.min(...values, Math.max(...values, 1))));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values, 1))));
  return Array.from({ length: last - first + 1 }, (_, index) => Number((10 ** (first + index)).toPrecision(6)));
}

const at = (value: number): string => value.toFixed(1);
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
