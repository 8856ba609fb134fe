// The translator's view by keyboard: suggestions go in without a trip to the server, lengths are counted while one types.
(() => {
  const form = document.querySelector("[data-workbench]");
  if (!form) return;

  const texts = [...form.querySelectorAll("textarea")];

  function count(text) {
    const limit = text.closest("section[data-unit]").querySelector("[data-limit]");
    if (!limit) return;
    const length = [...text.value.replaceAll("\r\n", "\n")].length;
    limit.querySelector("[data-length]").textContent = ` (${length})`;
    limit.classList.toggle("is-over", length > Number(limit.dataset.limit));
  }

  function insert(button) {
    const text = button.closest("section[data-unit]").querySelector("textarea");
    const words = button.closest("li").querySelector("[data-text]").textContent;
    text.focus();
    if ("adds" in button.dataset) {
      text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    } else {
      text.setRangeText(words, 0, text.value.length, "end");
    }
    text.dispatchEvent(new Event("input", { bubbles: true }));
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
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.querySelector("[name=save][value=draft]")?.click();
    } else if (isControl && event.key === "Enter") {
      const at = texts.indexOf(document.activeElement);
      if (texts.length) {
        event.preventDefault();
        texts[(at + 1) % texts.length].focus();
      }
    } else if (event.altKey && !isControl && /^Digit[1-3]$/.test(event.code)) {
      const unit = document.activeElement?.closest("section[data-unit]");
      const button = unit?.querySelectorAll("[data-insert]")[Number(event.code.at(-1)) - 1];
      if (button) {
        event.preventDefault();
        insert(button);
      }
    }
  });
  texts.forEach(count);
})();
