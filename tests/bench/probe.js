// In the page, before its own scripts: says when something is in the document and when it is painted. Knows the page
// by its attributes only (ARCHITECTURE.md, "Contract").
(() => {
  const probe = (window.omfundProbe = {});
  const now = () => performance.now();

  // A check is a selector, with the figure its text must be (without thousands separators) or without.
  const holds = ({ find, figure }) => {
    const element = document.querySelector(find);
    return !!element && (figure === undefined || element.textContent.replace(/[^\d.-]/g, "") === figure);
  };
  const allHold = (checks) => checks.every(holds);

  // Starts at the event `type` (at once without one) and ends with the first frame painted after all checks hold.
  // `probe.result` then tells the times since: `dom` until they hold, `paint` until that frame is done.
  probe.begin = ({ type, checks, timeout }) => {
    const channel = new MessageChannel();
    let from = null;
    let dom = null;
    let over = false;
    let resolve;
    probe.result = new Promise((done) => (resolve = done));
    const look = () => {
      if (from !== null && dom === null && allHold(checks)) dom = now();
      return dom !== null;
    };
    const watcher = new MutationObserver(look);
    const end = (result) => {
      if (over) return;
      over = true;
      watcher.disconnect();
      channel.port1.close();
      clearTimeout(late);
      resolve(result);
    };
    // A message posted in a frame arrives when the frame has been produced.
    channel.port1.onmessage = ({ data }) => {
      if (data) end({ from, dom: dom - from, paint: now() - from });
    };
    const frame = () => {
      if (over) return;
      const right = look();
      channel.port2.postMessage(right);
      if (!right) requestAnimationFrame(frame);
    };
    const start = (at) => {
      from = at;
      requestAnimationFrame(frame);
    };
    const shown = () => checks.map(({ find }) => `${find}: ${document.querySelector(find)?.textContent}`);
    const late = setTimeout(() => end({ late: shown() }), timeout);
    for (const { find } of checks) {
      const element = document.querySelector(find);
      if (element) watcher.observe(element, { characterData: true, childList: true, subtree: true });
    }
    if (type) addEventListener(type, (event) => start(event.timeStamp), { capture: true, once: true });
    else start(now());
  };

  // Calls back with the end of the first frame for which `ready` holds.
  const afterFrame = (ready, done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = ({ data }) => {
      if (!data) return;
      channel.port1.close();
      done(now());
    };
    const frame = () => {
      const isReady = ready();
      channel.port2.postMessage(isReady);
      if (!isReady) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };

  // Keys that type these texts one after another: `probe.painted[n]` is the time from key n to the end of the first frame in
  // which the focused field shows its text or a later one.
  probe.follow = (texts) => {
    let next = 0;
    const resolves = [];
    probe.painted = texts.map(() => new Promise((resolve) => resolves.push(resolve)));
    const onKey = ({ timeStamp }) => {
      const n = next;
      next += 1;
      if (next === texts.length) removeEventListener("keydown", onKey, { capture: true });
      const shows = () => texts.indexOf(document.activeElement?.value) >= n;
      afterFrame(shows, (at) => resolves[n](at - timeStamp));
    };
    addEventListener("keydown", onKey, { capture: true });
  };

  // `probe.result` is the time from the last event `type` to the end of the first frame in which the text of `find` is another
  // than now.
  probe.changed = (type, find) => {
    const text = () => document.querySelector(find)?.textContent;
    const before = text();
    let from = null;
    const onEvent = ({ timeStamp }) => (from = timeStamp);
    addEventListener(type, onEvent, { capture: true });
    probe.result = new Promise((resolve) => {
      afterFrame(() => text() !== before, (at) => {
        removeEventListener(type, onEvent, { capture: true });
        resolve(at - from);
      });
    });
  };

  // Two frames and an idle moment have passed.
  probe.idle = (least) =>
    new Promise((done) => {
      const rest = () => setTimeout(done, least);
      requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(rest, { timeout: 1000 })));
    });

  // When the last byte of what was read from `address` had arrived.
  probe.arrived = (address) => {
    const entries = performance.getEntriesByType("resource").filter((entry) => new URL(entry.name).pathname === address);
    return entries.length ? Math.max(...entries.map((entry) => entry.responseEnd)) : null;
  };

  // The first frame with something to type into.
  const editable = "[data-field]:is(input,textarea,select):not([disabled]):not([readonly])";
  const channel = new MessageChannel();
  channel.port1.onmessage = () => (probe.editable = now());
  const wait = () => {
    if (document.querySelector(editable)) channel.port2.postMessage(0);
    else requestAnimationFrame(wait);
  };
  if (window === window.top) requestAnimationFrame(wait);
})();
