// The affinity board: cards are dragged, or walked and moved by arrow keys; the server keeps the board and draws it anew.

export function arrangeBoard() {
  if (!document.querySelector("[data-board]")) return;
  let dragged = null;
  const mark = () => document.querySelectorAll("[data-board] [data-card]").forEach((card) => (card.draggable = true));
  mark();
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card]");
    event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    if (dragged && event.target.closest("[data-lane]")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const lane = event.target.closest("[data-lane]");
    if (!dragged || !lane) return;
    event.preventDefault();
    move(dragged.dataset.card, lane.dataset.lane, below(lane, event.clientY, dragged)).then(mark);
    dragged = null;
  });
  document.addEventListener("dragend", () => (dragged = null));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, summary")) return;
    if (event.key === "?") return help(event);
    if (event.key === "u") return undo(event);
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step) return;
    const card = document.activeElement?.closest("[data-card]");
    event.preventDefault();
    if (event.shiftKey && card) shift(card, ...step).then(mark);
    else walk(card, ...step);
  });
}

const cardsOf = (lane) => [...lane.querySelectorAll("[data-card]")];
const lanes = () => [...document.querySelectorAll("[data-lane]")];

function below(lane, y, dragged) {
  const next = cardsOf(lane).find((card) => card !== dragged && y < card.getBoundingClientRect().top + card.offsetHeight / 2);
  return next ? next.dataset.card : "";
}

function walk(card, across, down) {
  const all = lanes();
  if (!card) return show(all.flatMap(cardsOf)[0]);
  const lane = all.indexOf(card.closest("[data-lane]"));
  const place = cardsOf(all[lane]).indexOf(card);
  if (down) return show(cardsOf(all[lane])[place + down]);
  for (let to = lane + across; all[to]; to += across) {
    const there = cardsOf(all[to]);
    if (there.length) return show(there[Math.min(place, there.length - 1)]);
  }
}

async function shift(card, across, down) {
  const all = lanes();
  const lane = all.indexOf(card.closest("[data-lane]"));
  const own = cardsOf(all[lane]);
  const place = own.indexOf(card);
  if (across) {
    const to = all[lane + across];
    if (to) await move(card.dataset.card, to.dataset.lane, cardsOf(to)[place]?.dataset.card ?? "");
  } else if (own[place + down]) {
    await move(card.dataset.card, all[lane].dataset.lane, own[down < 0 ? place - 1 : place + 2]?.dataset.card ?? "");
  }
}

function show(card) {
  card?.focus();
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

async function move(card, lane, before) {
  const form = document.querySelector("[data-board-move]");
  const sent = new FormData(form);
  sent.delete("card");
  for (const [name, value] of Object.entries({ do: "move_cards", card, lane, before })) sent.set(name, value);
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || !drawn.querySelector("[data-board]")) return location.reload();
  const board = document.querySelector("[data-board]");
  const left = board.scrollLeft;
  for (const part of ["[data-board]", ".board-tools"]) {
    document.querySelector(part).replaceWith(document.adoptNode(drawn.querySelector(part)));
  }
  document.querySelector("[data-board]").scrollLeft = left;
  show(document.getElementById(card));
}

function undo(event) {
  const form = document.querySelector("[data-board-undo]");
  if (!form) return;
  event.preventDefault();
  form.querySelector("button").click();
}

function help(event) {
  const keys = document.querySelector("[data-keys]");
  event.preventDefault();
  keys.open = !keys.open;
  keys.querySelector("summary").focus();
}
