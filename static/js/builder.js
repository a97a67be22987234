/* Makes the builder handier. Every page of it works without this file. */
(() => {
  const data = document.getElementById('asked-data');
  const asked = data ? JSON.parse(data.textContent) : {};
  const option = (value, words) => new Option(words, value);

  // The menus of a condition follow its question.
  document.addEventListener('change', event => {
    const menu = event.target;
    if (!menu.closest('.clause') || !menu.name.endsWith('-question')) return;
    const [, operator, value] = menu.closest('.clause').children;
    const about = asked[menu.value];
    if (!about) return;
    operator.replaceChildren(...about.operators.map(([name, words]) => option(name, words)));
    const field = document.createElement(about.codes.length ? 'select' : 'input');
    if (about.codes.length) field.append(option('', ''), ...about.codes.map(([code, words]) => option(code, words)));
    else Object.assign(field, {type: 'text', dir: 'auto', autocomplete: 'off'});
    field.name = value.name;
    field.setAttribute('aria-label', value.getAttribute('aria-label'));
    value.replaceWith(field);
  });

  // A button beside each code puts it where the cursor was.
  const help = document.querySelector('.insert-help');
  if (!help) return;
  let last = document.querySelector('[name^=label-]');
  document.addEventListener('focusin', event => {
    if (/^(label|hint)-/.test(event.target.name || '')) last = event.target;
  });
  for (const code of help.querySelectorAll('code')) {
    const button = document.createElement('button');
    Object.assign(button, {type: 'button', className: 'small', dir: 'ltr', textContent: code.textContent});
    button.addEventListener('click', () => {
      last.setRangeText(code.textContent, last.selectionStart, last.selectionEnd, 'end');
      last.focus();
    });
    code.replaceWith(button);
  }
})();
