// Keeps the page at hand: page and pictures from the network while there is one, built files (named after their
// content) from the store. Answers of the server are never kept.
// The build writes into the name which page it is of: a new one gets a new store, and the old one is dropped. It
// writes its files too, as many of them are loaded once they are wanted.
const STORE = "audio-cnn-page-BUILD";
const FILES = "FILES";

self.addEventListener("install", (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldStores().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/_next/static/")) event.respondWith(storedFirst(event.request));
  else if (address.pathname === "/thumbnails.webp") event.respondWith(networkFirst(event.request, address.pathname));
  else if (event.request.mode === "navigate" && address.pathname === "/")
    event.respondWith(networkFirst(event.request, "/"));
});

async function keepPage() {
  const store = await caches.open(STORE);
  await store.put("/", await fetch("/"));
  const files = [...FILES.split(" "), "/thumbnails.webp"];
  await Promise.all(files.map((file) => store.add(file).catch(() => undefined)));
}

async function dropOldStores() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)));
}

async function storedFirst(request) {
  const store = await caches.open(STORE);
  const stored = await store.match(request);
  // One of its own address would make a worker forget what stands behind the # of the address it was asked by.
  if (stored) return new Response(stored.body, stored);
  const fresh = await fetch(request);
  if (fresh.ok) await store.put(request, fresh.clone());
  return fresh;
}

// Under this name, whatever the address asks for beside it.
async function networkFirst(request, name) {
  const store = await caches.open(STORE);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await store.put(name, fresh.clone());
    return fresh;
  } catch (error) {
    const stored = await store.match(name);
    if (stored) return stored;
    throw error;
  }
}
