// The box at the head of the board ticks all lines of the page.
const all = document.querySelector("[data-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll('input[name="line"]')) box.checked = all.checked;
  });
}
