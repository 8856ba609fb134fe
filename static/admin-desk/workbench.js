// The translator's view by keyboard: from text to text, suggestions without a trip to the server, lengths counted while one types.
(() => {
  const form = document.querySelector("[data-workbench]");
  if (!form) return;

  const texts = [...form.querySelectorAll("textarea")];
  const unitOf = (element) => element?.closest("[data-unit]");

  function count(text) {
    const limit = unitOf(text).querySelector("[data-limit]");
    if (!limit) return;
    const length = [...text.value.replaceAll("\r\n", "\n")].length;
    limit.querySelector("[data-length]").textContent = ` (${length})`;
    limit.classList.toggle("is-over", length > Number(limit.dataset.limit));
  }

  function insert(button) {
    const text = unitOf(button).querySelector("textarea");
    const words = button.closest("li").querySelector("[data-text]").textContent;
    const [start, end] = "adds" in button.dataset ? [text.selectionStart, text.selectionEnd] : [0, text.value.length];
    text.focus();
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The text `step` further on, if there is one.
  function go(step) {
    const at = texts.findIndex((text) => unitOf(text) === unitOf(document.activeElement));
    const next = texts[at < 0 ? (step > 0 ? 0 : -1) : at + step];
    next?.focus();
    unitOf(next)?.scrollIntoView({ block: "nearest" });
    return Boolean(next);
  }

  // Come back to the text that one was at.
  function keepDraft() {
    const unit = unitOf(document.activeElement);
    if (unit) form.action = `#${unit.id}`;
    form.querySelector("[name=save][value=draft]").click();
  }

  function finish() {
    form.elements["go-on"].checked = true;
    form.querySelector(".submit-row [name=save].default").click();
  }

  function insertNumber(number) {
    unitOf(document.activeElement)?.querySelectorAll("[data-insert]")[number - 1]?.click();
  }

  function actionOf(event) {
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && !event.altKey && event.key.toLowerCase() === "s") return keepDraft;
    if (isControl && event.key === "Enter") return () => go(1) || finish();
    if (!event.altKey || isControl) return null;
    if (event.key === "ArrowDown") return () => go(1);
    if (event.key === "ArrowUp") return () => go(-1);
    if (/^Digit[1-5]$/.test(event.code)) return () => insertNumber(Number(event.code.at(-1)));
    return null;
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) count(event.target);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    event.preventDefault();
    insert(button);
  });
  document.addEventListener("keydown", (event) => {
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
  texts.forEach(count);
  if (/^#unit-\d+$/.test(location.hash)) document.querySelector(`${location.hash} textarea`)?.focus();
})();
