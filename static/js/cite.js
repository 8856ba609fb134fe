// Beside each link to a citation, a button that copies it. Without a clipboard, or where it is refused, the citation is
// shown and selected instead.

async function fetchCitation(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.text();
}

function showToCopy(panel, text) {
  const field = panel.querySelector("textarea") ?? document.createElement("textarea");
  field.className = "cite-field";
  field.readOnly = true;
  field.value = text;
  field.setAttribute("aria-label", panel.closest("[data-cite]").querySelector("summary").textContent);
  panel.append(field);
  field.focus();
  field.select();
}

async function copyInto(cite, address) {
  const panel = cite.querySelector(".cite-panel");
  const status = panel.querySelector("[role=status]");
  const { copied, refused, failed } = cite.dataset;
  panel.querySelector("textarea")?.remove();
  status.textContent = "";
  let text;
  try {
    text = await fetchCitation(address);
  } catch {
    status.textContent = failed;
    return;
  }
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = copied;
  } catch {
    showToCopy(panel, text);
    status.textContent = refused;
  }
}

function addButtons(cite) {
  for (const link of cite.querySelectorAll(".cite-form > a:only-child")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = cite.dataset.copy;
    const language = link.closest("li").querySelector(".cite-language")?.textContent ?? "";
    button.setAttribute("aria-label", `${cite.dataset.copy}: ${link.textContent} ${language}`.trim());
    button.addEventListener("click", () => copyInto(cite, link.href));
    link.after(button);
  }
}

function closeOthers(cite) {
  for (const other of document.querySelectorAll("[data-cite][open]")) if (other !== cite) other.open = false;
}

for (const cite of document.querySelectorAll("[data-cite]")) {
  cite.addEventListener("toggle", () => {
    if (!cite.open) return;
    closeOthers(cite);
    addButtons(cite);
  });
  cite.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !cite.open) return;
    cite.open = false;
    cite.querySelector("summary").focus();
  });
}

document.addEventListener("click", (event) => closeOthers(event.target.closest?.("[data-cite]")));
