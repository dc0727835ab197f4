/* Fills in the SHA-256 of a document from the document itself, which never leaves the browser.

   The file input that is put beside each field of a hash has no name, so that no form sends even the
   name of the file. WebCrypto is there over HTTPS and on this machine; without it nothing is added,
   and the hash is typed. */

const form = document.getElementById("step");

/** The SHA-256 of a file as 64 hexadecimal digits. */
async function hashOf(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The field of the media type that stands beside the field of a hash, if there is one. */
function mediaTypeBeside(field) {
  const name = field.name.replace(/sha256$/, "media_type");
  return name === field.name ? null : form.elements.namedItem(name);
}

/** Puts a file input below a field of a hash. */
function addFileInput(field) {
  const place = document.createElement("div");
  place.className = "from-file";
  const label = document.createElement("label");
  label.className = "quiet";
  label.htmlFor = `${field.id}-file`;
  label.textContent = form.dataset.choose;
  const input = document.createElement("input");
  input.type = "file";
  input.id = `${field.id}-file`;
  const said = document.createElement("span");
  said.className = "quiet";
  said.setAttribute("aria-live", "polite");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    said.textContent = form.dataset.busy;
    try {
      field.value = await hashOf(file);
      const mediaType = mediaTypeBeside(field);
      if (mediaType && !mediaType.value) mediaType.value = file.type;
      said.textContent = form.dataset.done;
    } catch {
      said.textContent = form.dataset.failed;
    }
  });
  place.append(label, input, said);
  field.after(place);
}

if (form && globalThis.crypto?.subtle) {
  for (const field of form.querySelectorAll("input[data-hashed]")) addFileInput(field);
}
