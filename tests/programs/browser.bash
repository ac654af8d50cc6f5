# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Looking at the pages that programs write, as tests/report/browser_test.cpp looks at its sample. Sourced after support.bash.

# inspect_page FILE CHARTS: in headless Chromium, light and dark, on a wide screen and a phone: no console errors, no overlapping
# or cut labels, no sideways scrolling, at least CHARTS charts. Says so where there is no Chromium.
inspect_page() {
  local browser=${CHROMIUM:-} name width scheme found
  for name in chromium chromium-browser google-chrome; do [[ -n $browser ]] || browser=$(command -v $name || true); done
  if [[ -z $browser ]]; then echo "$1 was not looked at: there is no Chromium"; return; fi
  python3 - "$1" "$HWNAS_SOURCE_DIR/tests/report/inspector.js" <<'PYTHON'
import sys
page, inspector = (open(path).read() for path in sys.argv[1:])
end = page.rindex("</body>")
open("inspected.html", "w").write(f"{page[:end]}<script>{inspector}</script>{page[end:]}")
PYTHON
  for width in 1280 390; do
    echo "<!DOCTYPE html><title>frame</title><pre></pre><script>
onmessage = event => document.querySelector('pre').textContent = event.data;</script>
<iframe src='inspected.html' style='border:0;width:${width}px;height:900px'></iframe>" >frame.html
    for scheme in 0 1; do
      timeout 100 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
        --user-data-dir="$PWD/profile" --enable-logging=stderr --blink-settings=preferredColorScheme=$scheme \
        --window-size=1400,1000 --virtual-time-budget=5000 --dump-dom "file://$PWD/frame.html" >dom.html 2>browser.txt ||
        fail "the browser: $(tail -n 3 browser.txt)"
      ! grep CONSOLE browser.txt || fail "$1 has console errors"
      found=$(sed -n '/INSPECTED/,/^END/p' dom.html)
      grep -q "at $width px, faults: 0$" <<<"$found" || fail "$1: ${found:-the inspector did not run}"
      [[ $(sed -n 's/.*INSPECTED \([0-9]*\) charts.*/\1/p' <<<"$found") -ge $2 ]] || fail "$1: $found, expected $2"
    done
  done
  echo "$1 was looked at in $browser"
}
