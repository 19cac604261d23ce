// A page that tells how far something is asks for itself again and shows what is new, until there is nothing to wait for.

const PAUSE = 1500;
const LONGEST_PAUSE = 15000;

export function keepFresh() {
  if (document.querySelector("[data-refresh]")) wait(PAUSE);
}

function wait(pause) {
  setTimeout(() => refresh(pause), pause);
}

async function refresh(pause) {
  if (document.hidden) return wait(pause);
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.statusText);
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    return wait(Math.min(2 * pause, LONGEST_PAUSE));
  }
  if (document.querySelector("[data-refresh]")) wait(PAUSE);
}

function show(page) {
  const now = document.querySelector("[data-refresh]");
  const next = page.querySelector("main > *");
  if (now && next && now.innerHTML !== next.innerHTML) now.replaceWith(document.adoptNode(next));
}
