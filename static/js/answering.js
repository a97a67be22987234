/* Makes some questions handier. Every one of them works without this file. */
(() => {
  const western = text => text.trim().replace(/[٠-٩]/g, d => d.charCodeAt(0) - 0x660)
    .replace(/[۰-۹]/g, d => d.charCodeAt(0) - 0x6f0).replace(/[٫،]/, '.').replace('٬', '');
  const tell = input => input.dispatchEvent(new Event('input', {bubbles: true}));

  // A slider above the number field; the field stays what is sent.
  for (const field of document.querySelectorAll('[data-range]')) {
    const [start, end, step] = field.dataset.range.split(' ').map(Number);
    const slider = document.createElement('input');
    Object.assign(slider, {
      type: 'range', min: Math.min(start, end), max: Math.max(start, end), step: Math.abs(step),
    });
    slider.setAttribute('aria-label', field.labels[0].textContent);
    const follow = () => {
      const n = Number(western(field.value));
      slider.classList.toggle('unset', !field.value.trim());
      slider.value = field.value.trim() && !isNaN(n) ? n : (start + end) / 2;
    };
    follow();
    field.addEventListener('input', follow);
    slider.addEventListener('input', () => { field.value = slider.value; slider.classList.remove('unset'); });
    field.before(slider);
  }

  // How many points are left.
  for (const box of document.querySelectorAll('[data-total]')) {
    const line = box.querySelector('.left');
    const inputs = [...box.querySelectorAll('input')];
    const count = () => {
      const numbers = inputs.map(input => Number(western(input.value)));
      const left = box.dataset.total - numbers.reduce((sum, number) => sum + (number || 0), 0);
      line.textContent = (left < 0 ? line.dataset.over : line.dataset.left).replace('#', Math.abs(left));
      line.classList.toggle('over', left < 0);
    };
    line.hidden = false;
    box.addEventListener('input', count);
    count();
  }

  // Lines that can be dragged; letting go writes the places.
  for (const list of document.querySelectorAll('.ranking')) {
    const places = Number(list.dataset.places);
    const ordered = [...list.children].sort((a, b) =>
      (a.querySelector('select').value || 1e9) - (b.querySelector('select').value || 1e9));
    ordered.forEach(row => list.append(row));
    for (const row of ordered) {
      const grip = document.createElement('span');
      grip.className = 'grip';
      grip.textContent = '⠿';
      grip.title = list.dataset.drag;
      grip.setAttribute('aria-hidden', 'true');
      row.prepend(grip);
      grip.addEventListener('pointerdown', down => {
        down.preventDefault();
        grip.setPointerCapture(down.pointerId);
        row.classList.add('moved');
        const move = event => {
          const over = [...list.children].find(other => {
            const box = other.getBoundingClientRect();
            return other !== row && event.clientY > box.top && event.clientY < box.bottom;
          });
          if (!over) return;
          const rows = [...list.children];
          const [from, to] = [rows.indexOf(row), rows.indexOf(over)];
          // The others move round it: what is taken out of the page loses the pointer.
          if (to > from) row.before(...rows.slice(from + 1, to + 1)); else row.after(...rows.slice(to, from));
        };
        const drop = () => {
          row.classList.remove('moved');
          grip.removeEventListener('pointermove', move);
          [...list.children].forEach((other, place) => {
            other.querySelector('select').value = place < places ? String(place + 1) : '';
          });
        };
        grip.addEventListener('pointermove', move);
        grip.addEventListener('pointerup', drop, {once: true});
        grip.addEventListener('pointercancel', drop, {once: true});
      });
    }
  }

  // "None of these" takes the other ticks away, and they take away its own.
  for (const alone of document.querySelectorAll('[data-alone]')) {
    const same = [...alone.form.elements].filter(item => item.name === alone.name && item !== alone);
    alone.addEventListener('change', () => { if (alone.checked) same.forEach(item => { item.checked = false; }); });
    same.forEach(item => item.addEventListener('change', () => { if (item.checked) alone.checked = false; }));
  }

  // The device's own location, asked only when the button is pressed.
  for (const line of document.querySelectorAll('.locate')) {
    if (!navigator.geolocation) continue;
    const [status, box] = [line.querySelector('[role=status]'), line.closest('fieldset')];
    const inputs = ['latitude', 'longitude'].map(part => box.querySelector(`[name$="-${part}"]`));
    line.hidden = false;
    line.querySelector('button').addEventListener('click', () => {
      status.textContent = '…';
      navigator.geolocation.getCurrentPosition(({coords}) => {
        inputs[0].value = coords.latitude.toFixed(line.dataset.decimals);
        inputs[1].value = coords.longitude.toFixed(line.dataset.decimals);
        inputs.forEach(tell);
        status.textContent = line.dataset.yes;
      }, () => { status.textContent = line.dataset.no; }, {timeout: 15000});
    });
  }

  // What an answer on this page opens: shown and sent only while its condition holds. In the order of the page,
  // so that what is closed counts as unanswered for what follows.
  const opened = [...document.querySelectorAll('[data-when]')].map(box => [box, JSON.parse(box.dataset.when)]);
  if (opened.length) {
    const given = name => [...document.getElementsByName(name)]
      .filter(input => !input.matches(':disabled') && (!/radio|checkbox/.test(input.type) || input.checked))
      .map(input => input.value.trim()).filter(value => value);
    const number = words => words ? Number(western(words)) : NaN;
    const holds = ([name, operator, value]) => {
      const values = given(name), first = values[0] || '';
      switch (operator) {
        case 'is': return first === value || number(first) === number(value);
        case 'is_not': return !(first === value || number(first) === number(value));
        case 'includes': return values.includes(value);
        case 'excludes': return !values.includes(value);
        case 'answered': return first !== '';
        case 'unanswered': return first === '';
        case 'greater': return number(first) > number(value);
        case 'at_least': return number(first) >= number(value);
        case 'less': return number(first) < number(value);
        case 'at_most': return number(first) <= number(value);
        case 'after': return first > value;
        case 'from': return first >= value;
        case 'before': return first !== '' && first < value;
        case 'until': return first !== '' && first <= value;
      }
    };
    const look = () => {
      for (const [box, [joined, ...clauses]] of opened) {
        box.disabled = box.hidden = !(joined === 'all' ? clauses.every(holds) : clauses.some(holds));
      }
    };
    document.addEventListener('input', look);
    look();
  }
})();
