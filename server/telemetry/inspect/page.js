// Updates the page and copies ids. Without this script the page stays as it was loaded. An update loads the page again
// and replaces its parts, so that no HTML is built here.
const FOCUSABLE = "a, button, summary, [tabindex]";
const status = document.getElementById("status");
const pause = document.getElementById("pause");
let source;

function setStatus(text) {
  if (status.textContent !== text) status.textContent = text;
}

function connect() {
  source = new EventSource("/inspect/live");
  source.onmessage = load;
  source.onerror = () => {
    setStatus("Not connected");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
  };
}

function load() {
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.open("GET", location.href);
  request.onload = () => {
    if (request.status !== 200 || pause.ariaPressed === "true") return;
    setStatus("Live");
    const parts = [...document.querySelectorAll("[data-live]")];
    const fresh = new Map([...request.response.querySelectorAll("[data-live]")].map((part) => [part.id, part]));
    if (parts.some(({ id }) => !fresh.has(id)) || parts.length < fresh.size) location.reload();
    else for (const part of parts) replace(part, fresh.get(part.id));
  };
  request.send();
}

/** Keeps what is open, focused, chosen or selected. */
function replace(part, fresh) {
  for (const { id } of part.querySelectorAll("details[open]"))
    fresh.querySelector(`[id="${id}"]`)?.setAttribute("open", "");
  const selection = document.getSelection();
  if (part.outerHTML === fresh.outerHTML || (!selection.isCollapsed && selection.containsNode(part, true))) return;
  if (part.matches("select") && (part === document.activeElement || !part.selectedOptions[0].defaultSelected)) return;
  const focused = [...part.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  const scrolled = part.querySelector(".scroll")?.scrollLeft ?? 0;
  part.replaceWith(fresh);
  if (focused >= 0) fresh.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true });
  if (scrolled > 0) fresh.querySelector(".scroll").scrollLeft = scrolled;
}

pause.addEventListener("click", () => {
  const resumes = pause.ariaPressed === "true";
  pause.ariaPressed = String(!resumes);
  source.close();
  if (resumes) connect();
  else setStatus("Paused");
});
document.addEventListener("click", async ({ target }) => {
  if (target.dataset?.copy === undefined) return;
  await navigator.clipboard.writeText(target.dataset.copy);
  target.textContent = "Copied";
});
document.documentElement.classList.add("js");
connect();
