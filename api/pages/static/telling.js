// A question that a language model answers is told while it is answered; then the page of the answer is opened.
// What arrives is only ever shown as text.

export function tellAnswers() {
  forgetAnswer();
  const place = document.querySelector("[data-streams]");
  if (!place) return;
  for (const form of document.querySelectorAll("form.ask")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      tell(place, form);
    });
  }
  addEventListener("pageshow", (event) => { if (event.persisted) open(place, false); });
}

// The address is the question's; which answer was just given to it is no part of it.
function forgetAnswer() {
  const address = new URL(location.href);
  if (address.pathname !== "/ask" || !address.searchParams.has("answer")) return;
  address.searchParams.delete("answer");
  history.replaceState(history.state, "", address);
}

async function tell(place, form) {
  const fields = new FormData(form);
  const address = new URL(form.action);
  address.search = new URLSearchParams(fields);
  const asked = form.matches(".further") ? [line("sentence", fields.get("q"))] : []; // it stands in the other form
  place.replaceChildren(...asked, line("quiet", "Reading the question …"));
  open(place, true);
  place.scrollIntoView({ block: "nearest" });
  try {
    const response = await ask(place, fields);
    if (!response.ok) return location.assign(address); // refused: the page says why
    for await (const [name, carried] of events(response.body)) {
      if (name === "end") address.searchParams.set("answer", carried.id);
      if (name === "end") return location.assign(address);
      if (name === "error") throw new Error(carried.detail);
      show(place, name, carried);
    }
    throw new Error("The server broke off in the middle of the answer; ask again.");
  } catch (error) {
    stop(place, error instanceof TypeError ? "The server cannot be reached; ask again." : error.message);
  }
}

function ask(place, fields) {
  const asked = { question: fields.get("q"), where: fields.getAll("where").filter(Boolean) };
  for (const name of ["since", "until", "follows"]) asked[name] = fields.get(name) || null;
  return fetch("/v1/questions/stream", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": place.dataset.csrf },
    body: JSON.stringify(asked),
  });
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const blocks = (held + read.value).split("\n\n");
    held = blocks.pop();
    for (const block of blocks) {
      const [name, carried] = block.split("\n");
      yield [name.slice("event: ".length), JSON.parse(carried.slice("data: ".length))];
    }
  }
}

function show(place, name, carried) {
  const waits = place.lastElementChild; // what is still to come stays last
  if (name === "plan") {
    waits.before(line("quiet", understood(place, carried)), ...carried.notes.map((note) => line("quiet", note)));
    waits.textContent = "Counting …";
  } else if (name === "counts") {
    if (carried.counts.length) waits.before(listed(carried.counts.map(counted)));
    waits.textContent = "Writing …";
  } else if (name === "claim") {
    waits.before(claimed(carried));
  }
}

function understood(place, plan) {
  const asked = JSON.parse(place.dataset.asked)[plan.asked];
  const filters = plan.filters.where.map((each) => `${each.key} ${each.operator} ${each.value}`);
  const limits = [...(filters.length ? [`only where ${filters.join(", ")}`] : []), ...days(place, plan.filters)];
  return `Understood as ${asked}${plan.about ? ` about “${plan.about}”` : ""}, counted in ${plan.unit}` +
    `${limits.map((limit) => `; ${limit}`).join("")}.`;
}

// The days of the filters, both included, in the zone of the workspace.
function days(place, { since, until }) {
  const style = { day: "numeric", month: "short", year: "numeric", timeZone: place.dataset.zone };
  const day = (time) => new Date(time).toLocaleDateString("en-GB", style);
  return [...(since ? [`since ${day(since)}`] : []), ...(until ? [`until ${day(Date.parse(until) - 1)}`] : [])];
}

function counted(count) {
  const of = count.of === null ? "" : ` of ${number(count.of)}`;
  const between = count.low === null ? "" : ` (${number(count.low)}–${number(count.high)})`;
  return `${count.label}: ${number(count.value)}${between}${of} ${count.unit}`;
}

function number(value) {
  return value.toLocaleString("en");
}

function claimed(claim) {
  const section = document.createElement("section");
  section.className = "claim";
  section.append(line("sentence", claim.text), ...claim.citations.map(quoted));
  return section;
}

function quoted(citation) {
  const figure = document.createElement("figure");
  const quote = document.createElement("blockquote");
  const voice = document.createElement("figcaption");
  figure.className = "quote";
  quote.textContent = citation.quote;
  voice.textContent = [citation.person || citation.speaker, citation.source].filter(Boolean).join(" · ");
  figure.append(quote, voice);
  return figure;
}

function listed(texts) {
  const list = document.createElement("ul");
  list.append(...texts.map((text) => {
    const each = document.createElement("li");
    each.textContent = text;
    return each;
  }));
  return list;
}

function line(kind, text) {
  const paragraph = document.createElement("p");
  paragraph.className = kind;
  paragraph.textContent = text;
  return paragraph;
}

// While an answer is told, it stands in the place of the last one.
function open(place, telling) {
  place.hidden = !telling;
  for (let next = place.nextElementSibling; next; next = next.nextElementSibling) next.hidden = telling;
}

function stop(place, sentence) {
  open(place, false);
  place.hidden = false;
  place.lastElementChild.replaceWith(line("notice", sentence));
  dispatchEvent(new Event("stopped"));
}
