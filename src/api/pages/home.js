// Without this script the form still works: the browser then shows the cut-out by itself.
const form = document.querySelector('#cutout');
const drop = document.querySelector('#drop');
const input = document.querySelector('#image');
const button = form.querySelector('button');
const status = document.querySelector('#status');
const result = document.querySelector('#result');
const before = document.querySelector('#before');
const after = document.querySelector('#after');
const download = document.querySelector('#download');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (input.files.length === 1) void cutOut(input.files[0]);
});

input.addEventListener('change', () => {
  if (input.files.length === 1) form.requestSubmit();
});

for (const type of ['dragenter', 'dragover']) drop.addEventListener(type, () => drop.classList.add('over'));
for (const type of ['dragleave', 'drop']) drop.addEventListener(type, () => drop.classList.remove('over'));

document.addEventListener('paste', (event) => {
  const { files } = event.clipboardData;
  if (files.length !== 1 || button.disabled) return;
  input.files = files;
  form.requestSubmit();
});

for (const choice of document.querySelectorAll('input[name=on]')) {
  choice.addEventListener('change', () => {
    after.className = choice.value;
  });
}

/** @param {File} file */
async function cutOut(file) {
  const body = new FormData(form);
  const startedMs = performance.now();
  button.disabled = true;
  say(form.dataset.working);
  try {
    const response = await fetch(form.action, { method: 'POST', body });
    if (!response.ok) throw new Error((await response.json()).detail);
    show(before, file);
    const cut = await response.blob();
    download.href = show(after, cut);
    download.download = `${file.name.replace(/\.[^.]*$/, '')}.${cut.type.split('/')[1]}`;
    result.hidden = false;
    say(form.dataset.done.replace('{seconds}', seconds(performance.now() - startedMs)));
  } catch (error) {
    say(`${form.dataset.failed} ${error.message}`, true);
  } finally {
    button.disabled = false;
  }
}

/** @returns the address of the picture that is shown now; the one before is let go */
function show(image, blob) {
  if (image.src) URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(blob);
  return image.src;
}

function say(text, isBad = false) {
  status.textContent = text;
  status.classList.toggle('bad', isBad);
}

function seconds(milliseconds) {
  return new Intl.NumberFormat(form.dataset.locale, { maximumFractionDigits: 1 }).format(milliseconds / 1000);
}
