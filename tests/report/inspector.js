// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// Measures every text of every visible chart with the browser's own fonts, and tells the frame around the page what is wrong.
const faults = [];
for (const svg of document.querySelectorAll('svg.chart')) {
  const frame = svg.getBoundingClientRect();
  if (frame.width === 0) continue;
  const texts = [...svg.querySelectorAll('text')].map(t => ({node: t, box: t.getBoundingClientRect(), text: t.firstChild.data}));
  const scale = frame.width / svg.viewBox.baseVal.width;
  const slack = 1;
  for (let i = 0; i < texts.length; ++i) {
    const a = texts[i].box;
    if (a.left < frame.left - slack || a.right > frame.right + slack || a.top < frame.top - slack ||
        a.bottom > frame.bottom + slack) faults.push('outside: ' + texts[i].text);
    if (parseFloat(getComputedStyle(texts[i].node).fontSize) * scale < 9) faults.push('too small: ' + texts[i].text);
    for (let j = 0; j < i; ++j) {
      const b = texts[j].box;
      if (a.left + slack < b.right && b.left + slack < a.right && a.top + slack < b.bottom && b.top + slack < a.bottom)
        faults.push('overlap: ' + texts[i].text + ' / ' + texts[j].text);
    }
  }
}
if (document.documentElement.scrollWidth > window.innerWidth) faults.push('the page scrolls sideways');
const shown = [...document.querySelectorAll('svg.chart')].filter(s => s.getBoundingClientRect().width > 0).length;
parent.postMessage('INSPECTED ' + shown + ' charts at ' + window.innerWidth + ' px, faults: ' + faults.length + '\n' +
                   faults.join('\n') + '\nEND', '*');
