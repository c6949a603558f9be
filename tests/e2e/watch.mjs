// What a person would notice on any page, whatever the test is about: content that jumps, and a keyboard that is lost.

// Most that a page may jump, as Chromium measures it (cumulative layout shift of one burst); its makers call 0.1 good.
const MOST_SHIFT = 0.02;

// Runs in each document before its scripts. Sends `["shift", …]` for a burst of layout shifts while a page opens, and
// `["focus", …]` when the keyboard's focus fell to the page itself after a key.
function watchDocument(most) {
  const nameOf = (node) => {
    const element = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
    if (!element) return "?";
    const data = [...element.attributes].find(({ name }) => name.startsWith("data-"));
    return `${element.tagName.toLowerCase()}.${element.className}${data ? `[${data.name}="${data.value}"]` : ""}`;
  };
  // What moves after an act answers it, however late the answer comes: only an opening page must not jump.
  let isOpening = true;
  let path = location.pathname;
  // One page takes the place of another at once; what moves after that is a jump.
  let replacedUntil = -Infinity;
  for (const kind of ["keydown", "pointerdown", "input"]) window.addEventListener(kind, () => (isOpening = false), true);
  window.navigation.addEventListener("currententrychange", () => {
    if (location.pathname === path) return;
    [path, isOpening, replacedUntil] = [location.pathname, true, performance.now() + 100];
  });
  const burst = { value: 0, first: 0, last: -Infinity, sources: new Set(), isReported: false };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput || !isOpening || entry.startTime < replacedUntil) continue;
      if (entry.startTime - burst.last > 1_000 || entry.startTime - burst.first > 5_000) {
        Object.assign(burst, { value: 0, first: entry.startTime, sources: new Set(), isReported: false });
      }
      burst.value += entry.value;
      burst.last = entry.startTime;
      for (const { node } of entry.sources) burst.sources.add(nameOf(node));
      if (burst.value > most && !burst.isReported) {
        burst.isReported = true;
        window.omfundNotice("shift", `${burst.value.toFixed(3)} at ${Math.round(entry.startTime)} ms: ${[...burst.sources].join(" ")}`);
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
  let byKey = false;
  window.addEventListener("keydown", () => (byKey = true), true);
  window.addEventListener("pointerdown", () => (byKey = false), true);
  window.addEventListener("focusout", (event) => {
    if (!byKey || event.relatedTarget) return;
    const from = nameOf(event.target);
    setTimeout(() => {
      const isLost = document.hasFocus() && (!document.activeElement || document.activeElement === document.body);
      if (isLost && byKey) window.omfundNotice("focus", `fell from ${from}`);
    }, 1_500);
  }, true);
}

// Watches every page of the context; `report` gets one line for each thing noticed.
export async function watch(context, report) {
  await context.exposeBinding("omfundNotice", ({ page }, kind, what) => report(`${kind}: ${new URL(page.url()).pathname} ${what}`));
  await context.addInitScript(watchDocument, MOST_SHIFT);
}
