// Keeps the program on the device: it opens without waiting for the network, and at all while the server is away.
//
// `FILES` (every file of the web app) and `VERSION` (a hash of that list) are written above this line by the build.
// A page is asked of the server first, so that a new version is seen at once; files whose names carry their content
// are taken from the device first. Nothing of `/api` is kept here.

const CACHE = `program-${VERSION}`;
const PAGE = "/";

// A new version waits until no page of the old one is open: an open page finds its own parts to the end.
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FILES])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("program-") && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin || pathname.startsWith("/api/")) return;
  if (mode === "navigate") {
    event.respondWith(page(event.request));
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});

// The server's page; the kept one when the server does not answer or cannot.
async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.status < 500) return answer;
  } catch {
    // Fall through to what is kept.
  }
  return (await caches.match(PAGE)) ?? Response.error();
}
