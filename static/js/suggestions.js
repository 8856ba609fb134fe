// Suggestions under a search field that names their address: an editable combobox with a list, as the ARIA practices
// describe it. The server makes the list (search/_suggestions.html); choosing from it leads to the page at once.

const FEWEST_LETTERS = 2;
const PAUSE = 120; // milliseconds without a key before the server is asked
const SILENCE = 500; // and before a screen reader, which first repeats what was typed, is told how many there are
const KEPT = 60;

const kept = new Map(); // address → the answer, the last ones asked for

async function answerFrom(address, signal) {
  let answer = kept.get(address);
  if (!answer) {
    const response = await fetch(address, { signal });
    if (!response.ok) throw new Error(`${response.status} ${address}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const list = page.querySelector("[data-count-text]");
    answer = { options: [...list.children], count: list.dataset.countText };
    if (kept.size === KEPT) kept.delete(kept.keys().next().value);
  }
  kept.delete(address);
  kept.set(address, answer);
  return answer;
}

function makeCombobox(input) {
  const list = document.getElementById(`${input.id}-suggestions`);
  const status = list.nextElementSibling;
  let pause, silence, question, chosen;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";

  // A blank at the end stays: it says that the last word is whole.
  const typed = () => input.value.trimStart().replace(/\s+/g, " ");
  const isOpen = () => !list.hidden;

  function choose(option) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option;
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function forget() {
    clearTimeout(pause);
    clearTimeout(silence);
    question?.abort();
  }

  function close() {
    forget();
    choose(null);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    status.textContent = "";
  }

  function show({ options, count }) {
    choose(null);
    list.replaceChildren(...options.map((option) => document.importNode(option, true)));
    [...list.children].forEach((option, number) => (option.id = `${list.id}-${number + 1}`));
    list.hidden = !options.length;
    list.scrollTop = 0;
    input.setAttribute("aria-expanded", String(isOpen()));
    silence = setTimeout(() => (status.textContent = count), SILENCE);
  }

  // Asks for what is typed now; only the answer to the last question is shown.
  async function look() {
    forget();
    const words = typed();
    if ([...words.trim()].length < FEWEST_LETTERS) return close();
    const { signal } = (question = new AbortController());
    try {
      const answer = await answerFrom(`${input.dataset.suggestions}?q=${encodeURIComponent(words)}`, signal);
      if (!signal.aborted && document.activeElement === input) show(answer);
    } catch {
      if (!signal.aborted) close(); // without a network it is a plain search field
    }
  }

  async function step(forward) {
    if (!isOpen()) await look();
    const options = [...list.children];
    if (!isOpen() || !options.length) return;
    const at = options.indexOf(chosen);
    choose(options.at(forward ? (at + 1) % options.length : Math.max(at, 0) - 1));
  }

  const keys = {
    ArrowDown: (event) => (event.altKey ? isOpen() || look() : step(true)),
    ArrowUp: (event) => (event.altKey ? close() : step(false)),
    Escape: close,
    Enter: () => location.assign(chosen.dataset.url),
    Home: () => toEdge(0),
    End: () => toEdge(input.value.length),
  };

  function toEdge(position) {
    choose(null);
    input.setSelectionRange(position, position);
  }

  // Whether a key means the list; otherwise it does in the field what it always does.
  function isForList({ key, altKey, ctrlKey, metaKey, shiftKey }) {
    if (ctrlKey || metaKey || shiftKey) return false;
    if (key === "ArrowDown") return true;
    if (key === "Enter") return Boolean(chosen);
    return isOpen() && key in keys && (key === "ArrowUp" || !altKey);
  }

  input.addEventListener("keydown", (event) => {
    // While letters are being composed, the keys belong to that.
    if (event.isComposing || event.keyCode === 229) return;
    if (isForList(event)) {
      event.preventDefault();
      keys[event.key](event);
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      choose(null);
    }
  });

  // Also while composing: the keyboards of phones compose every word.
  input.addEventListener("input", () => {
    forget();
    choose(null);
    pause = setTimeout(look, PAUSE);
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);

  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}

function makeComboboxes(part) {
  for (const input of part.querySelectorAll("input[data-suggestions]:not([role])")) makeCombobox(input);
}

makeComboboxes(document);
// What htmx puts on the page.
document.addEventListener("htmx:load", (event) => makeComboboxes(event.detail.elt.parentElement ?? document));
