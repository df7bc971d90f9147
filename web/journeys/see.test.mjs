// What is to be seen, heard and reached.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { answered, coloursOf, openSample, openStage, serious, visit } from "./stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const LAYERS = ["conv1", "layer1", "layer2", "layer3", "layer4"];
const waveform = (page) => page.getByRole("slider", { name: /^Waveform/ });
const spectrogram = (page) => page.getByRole("slider", { name: /^Spectrogram/ });
// Below the spectrogram, which stays in sight.
const bring = async (page, canvas) => {
  await canvas.evaluate((element) => window.scrollBy(0, element.getBoundingClientRect().top - innerHeight * 0.7));
  return canvas.boundingBox();
};
const map = (page, name) => page.getByRole("img", { name: new RegExp(`^${name}: `) });
const clock = async (page) => parseFloat(await page.locator("[data-clock]").textContent());
const playhead = (page) =>
  page
    .locator('[data-mark="playhead"]')
    .first()
    .evaluate((element) => new DOMMatrix(element.style.transform).e);

test("every pane is painted and every map is there, in its natural order", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  assert.ok((await coloursOf(waveform(page))) > 5);
  assert.ok((await coloursOf(spectrogram(page))) > 60);
  for (const name of LAYERS) assert.ok((await coloursOf(map(page, name))) > 20, name);
  const buttons = await page.getByRole("button", { name: /open all/ }).allTextContents();
  assert.ok(buttons.length > LAYERS.length);
  await page.getByRole("button", { name: "Only the layers" }).click();
  const names = await page
    .getByRole("button", { name: /open all/ })
    .evaluateAll((all) => all.map((one) => one.textContent.split(" ")[0]));
  assert.deepEqual(names, LAYERS);
  await leave();
});

test("all classes are there on demand", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await page.getByRole("button", { name: "All 50 classes" }).click();
  assert.equal(await page.getByRole("list", { name: "All classes" }).getByRole("listitem").count(), 50);
  await leave();
});

test("playing moves one playhead through all panes; a click jumps, a drag selects", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => parseFloat(document.querySelector("[data-clock]").textContent) > 0.4);
  const x = await playhead(page);
  await page.waitForTimeout(300);
  assert.ok((await playhead(page)) > x + 20);
  await page.getByRole("button", { name: "Pause" }).click();
  const stood = await clock(page);
  await page.waitForTimeout(200);
  assert.equal(await clock(page), stood);

  const box = await waveform(page).boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 40);
  assert.ok(Math.abs((await clock(page)) - 2.5) < 0.15);
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await page.locator("[data-selection]").waitFor();
  await page.getByRole("button", { name: "Play selection" }).click();
  await page.getByRole("button", { name: "Play selection" }).waitFor();
  assert.ok(Math.abs((await clock(page)) - 1.99) < 0.2);
  await leave();
});

test("a press while playing has not quite begun takes it back", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await page.evaluate(() => {
    const [resume, start] = [AudioContext.prototype.resume, AudioBufferSourceNode.prototype.start];
    window.started = 0;
    AudioContext.prototype.resume = async function () {
      await new Promise((go) => setTimeout(go, 300));
      window.resumed = true;
      return resume.call(this);
    };
    AudioBufferSourceNode.prototype.start = function (...given) {
      window.started++;
      return start.apply(this, given);
    };
  });
  await page.getByRole("button", { name: "Play", exact: true }).dblclick();
  await page.waitForFunction(() => window.resumed);
  await page.waitForTimeout(100);
  assert.equal(await page.evaluate(() => window.started), 0);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => parseFloat(document.querySelector("[data-clock]").textContent) > 0.1);
  assert.equal(await page.evaluate(() => window.started), 1);
  await leave();
});

test("wheel and buttons zoom all panes alike", async () => {
  const { page, leave } = await visit(stage);
  await page.addInitScript(keepScreenQuery);
  await page.reload();
  await openSample(page, "Siren");
  // The page was scrolled to the answer: a wheel that follows at once would go on with that.
  await page.waitForTimeout(1_000);
  const before = await spectrogram(page).evaluate((canvas) => canvas.toDataURL());
  const box = await waveform(page).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.wheel(0, -400);
  const canvas = await spectrogram(page).elementHandle();
  await page.waitForFunction(([canvas, before]) => canvas.toDataURL() !== before, [canvas, before]);
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.waitForFunction(([canvas, before]) => canvas.toDataURL() === before, [canvas, before]);
  // As on another screen.
  const session = await page.context().newCDPSession(page);
  const width = await spectrogram(page).evaluate((canvas) => canvas.width);
  const screen = { width: 1280, height: 900, deviceScaleFactor: 2, mobile: false };
  await session.send("Emulation.setDeviceMetricsOverride", screen);
  await page.evaluate(() => globalThis.screenQuery.dispatchEvent(new Event("change")));
  await page.waitForFunction(
    (least) => document.querySelector('canvas[aria-label^="Spectrogram"]').width > least,
    1.9 * width,
  );
  await leave();
});

// No browser without a screen moves to another one; what it tells then can be told here.
function keepScreenQuery() {
  const ask = window.matchMedia;
  window.matchMedia = (query) => {
    const list = ask.call(window, query);
    if (query.includes("resolution")) globalThis.screenQuery = list;
    return list;
  };
}

test("the spectrogram is read under the pointer, in other palettes, and finer", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await spectrogram(page).scrollIntoViewIfNeeded();
  const box = await spectrogram(page).boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
  const reading = page.locator('[data-reading="spectrogram"]');
  await page.waitForFunction(() =>
    /s · .*Hz · .*dB/.test(document.querySelector('[data-reading="spectrogram"]').textContent),
  );
  const coarse = await spectrogram(page).evaluate((canvas) => canvas.toDataURL());
  await page.getByRole("radio", { name: "Viridis" }).click();
  await page.waitForTimeout(100);
  assert.notEqual(await spectrogram(page).evaluate((canvas) => canvas.toDataURL()), coarse);
  const colours = await coloursOf(spectrogram(page));
  await page.getByRole("radio", { name: "Fine" }).click();
  await page.mouse.move(box.x + box.width * 0.41, box.y + box.height * 0.4);
  await page.waitForFunction((least) => {
    const canvas = document.querySelector('canvas[aria-label^="Spectrogram"]');
    const { width, height } = canvas;
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
    return new Set(pixels).size > least * 1.1;
  }, colours);
  assert.match(await reading.textContent(), /Hz/);
  await leave();
});

test("the Back button of a phone closes a sheet, not the result under it", async () => {
  const { page, leave } = await visit(stage);
  // No browser without a phone around it has that button; what it asks for can be asked for here.
  await page.evaluate(() => {
    window.CloseWatcher = class extends window.CloseWatcher {
      constructor() {
        super();
        window.back = () => this.requestClose();
      }
    };
  });
  await openSample(page, "Siren");
  for (const opener of [
    page.getByRole("button", { name: /^layer2 .*open all/ }),
    page.getByLabel("About this model"),
  ]) {
    await opener.click();
    const sheet = page.getByRole("dialog");
    await sheet.waitFor();
    await page.evaluate(() => window.back());
    await sheet.waitFor({ state: "detached" });
  }
  await answered(page, "Siren");
  await leave();
});

test("every channel of a map: sorted, pinned, read, with what it saw", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
  const sheet = page.getByRole("dialog");
  const mosaic = sheet.getByRole("slider", { name: /^All \d+ channels of layer2/ });
  await mosaic.waitFor();
  assert.ok((await coloursOf(mosaic)) > 50);
  assert.equal(await mosaic.getAttribute("aria-valuenow"), "1");
  const strongest = await mosaic.getAttribute("aria-valuetext");
  await mosaic.focus();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await mosaic.getAttribute("aria-valuetext"), strongest);
  await sheet.getByRole("radio", { name: "Natural order" }).click();
  await mosaic.focus();
  await page.keyboard.press("Home");
  assert.match(await mosaic.getAttribute("aria-valuetext"), /^channel 0,/);
  const box = await mosaic.boundingBox();
  await page.mouse.move(box.x + 40, box.y + 20);
  await page.waitForFunction(() => /(sees|at) \d/.test(document.querySelector('[data-reading="channel"]').textContent));
  const patch = sheet.locator('[data-mark="patch"]');
  assert.equal(await patch.evaluate((element) => element.style.visibility), "visible");
  const enlarged = sheet.getByRole("slider", { name: /^layer2, channel 0/ });
  await enlarged.focus();
  await page.keyboard.press("ArrowUp");
  assert.match(await enlarged.getAttribute("aria-valuetext"), /(sees|at) \d/);
  assert.equal(await patch.evaluate((element) => element.style.visibility), "visible");
  const large = await enlarged.boundingBox();
  await page.mouse.move(large.x + large.width / 2, large.y + large.height / 2);
  const read = await sheet.locator('[data-reading="channel"]').textContent();
  const [from_s, to_s] = /(?:sees|at) ([\d.]+)–([\d.]+) s/.exec(read).slice(1).map(Number);
  assert.ok(from_s < 2.6 && to_s > 2.3, `the middle: ${read}`);
  await mosaic.focus();
  await page.keyboard.press("ArrowRight");
  const next = sheet.getByRole("slider", { name: /^layer2, channel 1/ });
  assert.equal(await next.getAttribute("aria-valuetext"), "no place chosen");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await leave();
});

test("a map under the pointer shows its value and its patch of the spectrogram", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  const box = await bring(page, map(page, "layer3"));
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction(() => /(sees|at) \d/.test(document.querySelector('[data-reading="layer3"]').textContent));
  assert.equal(await page.locator('[data-mark="patch"]').evaluate((element) => element.style.visibility), "visible");
  const seen = await spectrogram(page).boundingBox();
  assert.ok(seen.y >= 0 && seen.y + seen.height < box.y, "the spectrogram stays in sight, and does not cover the map");
  await leave();
});

test("what speaks for each of the likeliest classes is shown where it was heard", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  const why = (title) => page.getByRole("slider", { name: new RegExp(`^What speaks for ${title}, and against it`) });
  const box = await bring(page, why("Siren"));
  const picture = await why("Siren").evaluate((canvas) => canvas.toDataURL());
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const reading = page.locator('[data-reading="evidence"]');
  await page.waitForFunction(() => / at \d/.test(document.querySelector('[data-reading="evidence"]').textContent));
  assert.match(await reading.textContent(), /−?\d\.\d\d · at 2\.\d\d–2\.\d\d s, .*Hz–.*Hz$/);
  assert.equal(await page.locator('[data-mark="patch"]').evaluate((element) => element.style.visibility), "visible");

  await why("Siren").focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await why("Siren").getAttribute("aria-valuetext"), / at \d/);
  const others = page.getByLabel("Evidence for which class").getByRole("radio");
  assert.equal(await others.count(), 5);
  const second = await others.nth(1).getAttribute("aria-label");
  await others.nth(1).click();
  await why(second).waitFor();
  assert.notEqual(await why(second).evaluate((canvas) => canvas.toDataURL()), picture);

  await openSample(page, "Crickets");
  await why("Crickets").waitFor(); // another sound begins with what it was named
  await leave();
});

test("classes that have no face of their own are chosen by name", async () => {
  const { page, leave } = await visit(stage, { viewport: { width: 360, height: 740 } });
  await page.route("**/api/v1/analyze", async (route) => {
    const answer = await (await route.fetch()).json();
    for (const one of answer.predictions) one.emoji = "";
    await route.fulfill({ json: answer });
  });
  await openSample(page, "Siren");
  const choice = page.getByLabel("Evidence for which class");
  assert.match(await choice.textContent(), /^Siren[A-Z]/);
  const { x } = await page.getByRole("heading", { level: 1 }).boundingBox();
  assert.equal(x, (await page.getByRole("list", { name: "Likeliest classes" }).boundingBox()).x);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await leave();
});

test("an older model's answer has no evidence, and all else", async () => {
  const { page, leave } = await visit(stage);
  await page.route("**/api/v1/analyze", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), evidence: [] } });
  });
  await openSample(page, "Siren");
  await map(page, "layer1").waitFor();
  assert.equal(await page.getByRole("heading", { name: "Why" }).count(), 0);
  await leave();
});

test("the patch is as large as the receptive field that the model file tells", async () => {
  const { page, leave } = await visit(stage);
  const sound = await (await fetch(`${stage.address}/api/v1/samples/siren/audio`)).arrayBuffer();
  const document = await (await fetch(`${stage.address}/api/v1/analyze`, { method: "POST", body: sound })).json();
  for (const one of document.activations) Object.assign(one, { field_bands: 64, field_frames: 43 });
  await page.route("**/api/v1/analyze", (route) => route.fulfill({ json: document }));
  await openSample(page, "Siren");
  const box = await bring(page, map(page, "layer3"));
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.getByText(/sees \d/).waitFor();
  const patch = await page.locator('[data-mark="patch"]').boundingBox();
  const whole = await spectrogram(page).boundingBox();
  // 43 of 173 columns and 64 of 128 bands, less the axes around the plot.
  assert.ok(Math.abs(patch.width / whole.width - 0.22) < 0.02, `${patch.width} of ${whole.width}`);
  assert.ok(Math.abs(patch.height / whole.height - 0.45) < 0.05, `${patch.height} of ${whole.height}`);
  if (process.env.LOOK) await page.screenshot({ path: process.env.LOOK });
  await leave();
});

test("an analysis that the server has let go can be made again", async () => {
  const { page, leave } = await visit(stage, { expected: /status of 404/ });
  await openSample(page, "Siren");
  const gone = {
    type: "/problems/no-analysis",
    title: "No such analysis",
    status: 404,
    detail: "it is gone",
    request_id: "1",
  };
  await page.route("**/activations/**", (route) =>
    route.fulfill({ status: 404, contentType: "application/problem+json", json: gone }),
  );
  await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
  await page.getByRole("button", { name: "Analyse the sound again" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await answered(page, "Siren");
  await leave();
});

test("the model tells about itself", async () => {
  const { page, leave } = await visit(stage);
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await page.getByRole("button", { name: "About this model" }).click();
  const sheet = page.getByRole("dialog");
  for (const words of ["parameters", "Architecture", "Measured", "Licence", "Limits"])
    await sheet.getByText(words).first().waitFor();
  await leave();
});

test("every model that comes along can be asked", async () => {
  const { page, leave } = await visit(stage);
  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: "attention" }).filter({ hasText: "% accuracy" }).click();
  await openSample(page, "Siren");
  await page.getByText("model attention", { exact: true }).waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Siren");
  await leave();
});

test("the theme is chosen, kept, and there before the first paint", async () => {
  const { page, leave } = await visit(stage, { colorScheme: "dark" });
  const dark = () => page.evaluate(() => document.documentElement.classList.contains("dark"));
  assert.equal(await dark(), true);
  await page.getByRole("radio", { name: "Light" }).click();
  assert.equal(await dark(), false);
  assert.equal(await page.locator('meta[name="theme-color"]').first().getAttribute("content"), "#faf9f6");
  await page.getByRole("radio", { name: "Light" }).press("ArrowLeft");
  await page.getByRole("radio", { name: "Dark", checked: true }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("radio", { name: "Light", checked: true }).waitFor();
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => (globalThis.firstTheme = document.documentElement.className));
  });
  await page.reload();
  assert.match(await page.evaluate(() => globalThis.firstTheme), /light/);
  await leave();
});

test("everything can be done from the keyboard", async () => {
  const { page, leave } = await visit(stage);
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await tabTo(page, /Car horn/);
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.activeElement.textContent.endsWith("UncleSigmund · CC0-1.0"));
  while (!/Siren/.test(await focused(page))) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await answered(page, "Siren");
  await tabTo(page, /^Waveform/);
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await page.waitForFunction(
    () => Math.abs(parseFloat(document.querySelector("[data-clock]").textContent) - 0.5) < 0.02,
  );
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByRole("button", { name: "Clear" }).press("Enter");
  await page.locator("[data-selection]").waitFor({ state: "detached" });
  assert.match(await focused(page), /^Waveform/);
  await page.keyboard.press("+");
  await page.getByRole("button", { name: "Show everything", disabled: false }).waitFor();
  await page.keyboard.press("0");
  await page.getByRole("button", { name: "Play" }).and(page.locator(":enabled")).waitFor();
  await page.keyboard.press(" ");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.keyboard.press(" ");
  await tabTo(page, /^Spectrogram from/);
  await page.keyboard.press("ArrowUp");
  assert.match(await spectrogram(page).getAttribute("aria-valuetext"), /Hz · .*dB/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.keyboard.press(" ");
  await tabTo(page, /^layer1 .*open all/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await leave();
});

test("where one goes while the sound is being decoded is where it begins", async () => {
  const { page, leave } = await visit(stage);
  await page.evaluate(() => {
    const decode = BaseAudioContext.prototype.decodeAudioData;
    BaseAudioContext.prototype.decodeAudioData = async function (...given) {
      await new Promise((go) => (window.goOn = go));
      return decode.apply(this, given);
    };
  });
  await page.getByRole("button", { name: "Siren" }).click();
  await answered(page, "Siren");
  await tabTo(page, /^Waveform/);
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  const play = page.getByRole("button", { name: "Play" });
  assert.equal(await play.isDisabled(), true);
  await page.waitForFunction(() => window.goOn);
  await page.evaluate(() => window.goOn());
  await play.and(page.locator(":enabled")).waitFor();
  const clock = parseFloat(await page.locator("[data-clock]").textContent());
  assert.ok(Math.abs(clock - 0.5) < 0.02, `clock: ${clock}`);
  await leave();
});

const focused = (page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");

async function tabTo(page, name) {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    if (name.test(await focused(page))) return;
  }
  assert.fail(`no way to ${name} with Tab`);
}

test("a phone gets the whole of it, with nothing cut off at the side", async () => {
  const { page, leave } = await visit(stage, {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  });
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await overflow(), 0);
  await openSample(page, "Siren");
  assert.equal(await overflow(), 0);
  assert.ok((await coloursOf(map(page, "layer4"))) > 20);
  await pinchApart(page, waveform(page));
  await page.getByRole("button", { name: "Show everything", disabled: false }).tap();
  assert.equal(await page.locator("[data-selection]").count(), 0, "the finger that stayed longer selected something");
  await page.getByRole("button", { name: /^layer2 .*open all/ }).tap();
  await page.getByRole("dialog").getByRole("slider", { name: /^All/ }).waitFor();
  assert.equal(await overflow(), 0);
  await page.keyboard.press("Escape");
  await page.getByLabel("Sound file").setInputFiles(stage.sound("long.wav"));
  await answered(page, "long.wav");
  assert.equal(await overflow(), 0);
  await page.getByRole("button", { name: /^Zoom in on .*, the window that decided/ }).tap();
  await page.getByRole("button", { name: "Zoom out from the window that decided" }).waitFor();
  assert.equal(await overflow(), 0);
  await leave();
});

async function pinchApart(page, canvas) {
  await canvas.scrollIntoViewIfNeeded();
  const { x, y, width } = await canvas.boundingBox();
  const fingers = (apart) => [-1, 1].map((side, id) => ({ id, x: x + width / 2 + (side * apart) / 2, y: y + 40 }));
  const session = await page.context().newCDPSession(page);
  const touch = (type, touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", fingers(40));
  for (const apart of [60, 90, 130, 170]) await touch("touchMove", fingers(apart));
  const [stays] = fingers(170);
  await touch("touchEnd", [stays]);
  await touch("touchMove", [{ ...stays, x: stays.x + 60 }]);
  await touch("touchEnd", []);
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious, ${colorScheme}`, async () => {
    const { page, leave } = await visit(stage, { colorScheme, reducedMotion: "reduce", expected: /status of 415/ });
    await page.getByRole("button", { name: "Siren" }).waitFor();
    assert.deepEqual(await serious(page), [], "invitation");
    await openSample(page, "Siren");
    await page.getByRole("button", { name: "All 50 classes" }).click();
    assert.deepEqual(await serious(page), [], "results");
    await page.getByLabel("Sound file").setInputFiles(stage.sound("notes.txt"));
    await page.getByText("Choose a sound:").waitFor();
    assert.deepEqual(await serious(page), [], "error");
    await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
    await page.getByRole("dialog").getByRole("slider", { name: /^All/ }).waitFor();
    assert.deepEqual(await serious(page), [], "channels");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "About this model" }).click();
    await page.getByRole("dialog").getByText("Architecture").waitFor();
    assert.deepEqual(await serious(page), [], "about");
    await leave();
  });
}

test("of a long sound all is to be seen, and any stretch can be looked into", async () => {
  const { page, leave } = await visit(stage);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("long.wav"));
  await answered(page, "long.wav");
  await page.getByRole("radio", { name: "Fine", checked: true }).waitFor();
  const right = async () => coloursOf(spectrogram(page), 0.8);
  while ((await right()) < 60) await page.waitForTimeout(50);
  // The layers have room for the window that decided, and are looked into like everything else.
  await page.getByText("the window that decided; mean over the channels").waitFor();
  const layer = map(page, "layer2");
  const before = await bring(page, layer);
  assert.ok((await coloursOf(layer, 0.8)) > 8, "a sliver");
  await page.mouse.move(before.x + before.width / 2, before.y + before.height / 2);
  const looked = await page.locator('[data-reading="layer2"]').textContent();
  assert.match(looked, /sees \d/);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -400);
  await page.keyboard.up("Control");
  await page.waitForTimeout(100);
  await page.mouse.move(before.x + before.width / 2 + 1, before.y + before.height / 2);
  assert.equal(await page.locator('[data-reading="layer2"]').textContent(), looked);
  await page.getByRole("button", { name: "Show everything" }).click();
  // What the network saw is one window, which then takes all of the width.
  await page.getByRole("radio", { name: "As the network sees it" }).click();
  while ((await right()) < 60) await page.waitForTimeout(50);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  const from_s = parseFloat(await page.getByText("the window that decided; mean over the channels").textContent());
  assert.ok((await clock(page)) >= from_s, "what is looked at is played");
  await page.getByRole("button", { name: "Zoom out from the window that decided" }).click();
  await page.getByRole("button", { name: /^Zoom in on .*, the window that decided/ }).waitFor();
  await waveform(page).press("Home");
  assert.equal(await page.getByRole("button", { name: "Show everything" }).isDisabled(), true);
  // Who looks there while it plays from its beginning is left there.
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => parseFloat(document.querySelector("[data-clock]").textContent.slice(2)) > 0.1);
  await page.getByRole("button", { name: /^Zoom in on .*, the window that decided/ }).click();
  await page.waitForTimeout(300);
  await page.getByRole("button", { name: "Zoom out from the window that decided" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  const strip = page.getByRole("slider", { name: /^Window by window/ });
  await strip.focus();
  let words = "";
  for (let step = 0; step < 10 && !words.startsWith("Siren"); step++) {
    await page.keyboard.press("ArrowRight");
    words = await strip.getAttribute("aria-valuetext");
    assert.match(words, /, .* up to \d/);
  }
  assert.equal(await page.locator('[data-reading="timeline"]').textContent(), words);
  await page.getByRole("button", { name: "Analyse only this" }).click();
  await page.locator('[data-source^="long.wav, "]').waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), words.split(",")[0]);
  // By then it has its place in the history.
  await page.getByRole("button", { name: "Play", exact: true }).and(page.locator(":enabled")).waitFor();
  await page.goBack();
  await answered(page, "long.wav");
  await leave();
});

test("a click leaves the space bar to playing, a closed sheet the keyboard where it was", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  const asked = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
  await page.getByRole("button", { name: "Play", exact: true }).and(page.locator(":enabled")).waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  assert.deepEqual(asked, []);
  const opener = page.getByRole("button", { name: /^layer3 .*open all/ });
  await opener.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("slider", { name: /^All/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement !== document.body);
  assert.ok(await opener.evaluate((element) => element === document.activeElement));
  await leave();
});

test("where the system chooses all colours, and on paper, what counts is to be seen", async () => {
  const { page, leave } = await visit(stage, { colorScheme: "dark", forcedColors: "active" });
  await openSample(page, "Siren");
  const style = (element, name) => element.evaluate((one, of) => getComputedStyle(one)[of], name);
  const swatch = page.getByRole("radio", { name: "Viridis" }).locator("span");
  assert.match(await style(swatch, "backgroundImage"), /gradient/);
  assert.match(await style(swatch, "forcedColorAdjust"), /none/);
  const track = page.getByRole("list", { name: "Likeliest classes" }).locator("[role=progressbar]").first();
  assert.equal(await style(track, "outlineStyle"), "solid");

  const corner = () => waveform(page).evaluate((canvas) => canvas.toDataURL());
  const dark = await corner();
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print", forcedColors: "none" });
  assert.notEqual(await corner(), dark, "painted for paper before it is printed");
  for (const name of ["Play", "Choose files", /^Save/])
    assert.equal(await page.getByRole("button", { name }).count(), 0);
  await page.getByText("conv1", { exact: true }).waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: "screen" });
  await page.waitForFunction(() => document.documentElement.classList.contains("dark"));
  await leave();
});

test("however long a name is, nothing is pushed off a phone", async () => {
  const { page, leave } = await visit(stage, { viewport: { width: 360, height: 740 } });
  const name = `${"a_recording_from_the_forest_behind_the_house".repeat(3)}.wav`;
  await page
    .getByLabel("Sound file")
    .setInputFiles({ name, mimeType: "audio/wav", buffer: readFileSync(stage.sound("rain.wav")) });
  await answered(page, name);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await leave();
});
