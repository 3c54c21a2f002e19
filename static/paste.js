// A picture pasted anywhere on the page becomes the question's picture.
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  const picture = files.find(({ type }) => type.startsWith("image/"));
  if (!picture) return;
  event.preventDefault();
  event.stopPropagation();
  replace(picture);
}, true);

function replace(picture) {
  const field = document.querySelector("#picture input[type=file]");
  if (!field) return;
  const transfer = new DataTransfer();
  transfer.items.add(picture);
  field.files = transfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
