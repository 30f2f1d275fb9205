/**
 * What a Grafana page shows of each panel. Runs in the browser: it must not use anything outside of itself. The test ids
 * are those of `@grafana/e2e-selectors` (Panels.Panel).
 */
export interface PanelState {
  readonly title: string;
  readonly text: string;
  readonly failed: boolean;
  readonly loading: boolean;
  /** Whether anything is drawn or written below the title. */
  readonly filled: boolean;
}

/** The part of the DOM that is used here: the project has no types of browsers. */
interface Element {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
}
declare const document: { querySelectorAll(selector: string): Iterable<Element> };

export function panelStates(): readonly PanelState[] {
  const header = "data-testid Panel header ";
  return [...document.querySelectorAll(`[data-testid^="${header}"]`)].map((panel) => {
    const content = panel.querySelector('[data-testid="data-testid panel content"]');
    const text = content?.textContent ?? "";
    return {
      title: (panel.getAttribute("data-testid") ?? "").slice(header.length),
      text,
      failed:
        panel.querySelector('[data-testid="data-testid Panel status error"]') !== null ||
        text.includes("An unexpected error happened"),
      loading: panel.querySelector('[aria-label="Panel loading bar"]') !== null,
      filled: text.trim() !== "" || content?.querySelector("canvas") != null,
    };
  });
}
