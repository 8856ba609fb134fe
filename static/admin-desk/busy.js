// A form that takes its time says so when it is sent, and is sent once.
for (const form of document.querySelectorAll("form[data-busy]")) {
  const note = form.querySelector("[role=status]");
  const say = (is_busy) => {
    note.textContent = is_busy ? form.dataset.busy : "";
    for (const button of form.querySelectorAll("[type=submit]")) button.disabled = is_busy;
  };
  form.addEventListener("submit", () => setTimeout(() => say(true))); // after the values have been read
  addEventListener("pageshow", (event) => event.persisted && say(false)); // who comes back may send it again
}
