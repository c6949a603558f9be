// Has the whole of the tablet's app on the device: a visit is filled in where there is no network.
//
// `FILES` (every file of the tablet's app) and `VERSION` (a hash of that list) are written above this line by the build.
// Page and files come from one version: all of them are stored before it serves any, or none. A newer version waits until
// no window uses the one before, or until the person asks for it. Nothing of `/api` is stored.

const CACHE = `site-${VERSION}`;
const PAGE = "/site";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([PAGE, ...FILES]))
      .catch((error) => caches.delete(CACHE).then(() => Promise.reject(error))),
  );
});

self.addEventListener("activate", (event) => {
  const isOlder = (name) => name.startsWith("site-") && name !== CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(isOlder).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// 更新: the person has asked for the version that waits.
self.addEventListener("message", ({ data }) => {
  if (data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate") event.respondWith(stored(PAGE, event.request));
  else if (pathname.startsWith("/assets/")) event.respondWith(stored(event.request, event.request));
});

async function stored(key, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(key)) ?? fetch(request);
}
