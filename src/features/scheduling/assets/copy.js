/**
 * A button with `data-copy` copies the field of that id. It shows only where the browser can do it; without it people select the text
 * themselves. What happened is said in the status beside it, in words that the page brings along.
 */
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector('[data-copied]');
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    field.select();
    const copied = await navigator.clipboard.writeText(field.value).then(
      () => true,
      // The browser refused; the text is selected, so that one more press copies it.
      () => false,
    );
    status.textContent = copied ? status.dataset.copied : status.dataset.notCopied;
  });
}
