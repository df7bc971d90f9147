// Maps as ground that can be turned.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { coloursOf, openSample, openStage, serious, visit } from "./stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const START = "16° from the left, 37° from above";
const relief = (page) => page.getByRole("slider", { name: /^Relief: / });
const shape = (page, name) => page.getByRole("radio", { name, exact: true }).last();
const picture = (page) => relief(page).evaluate((canvas) => canvas.toDataURL());
const stance = (page) => relief(page).getAttribute("aria-valuetext");
const stands = (page, words) =>
  page.waitForFunction(
    (text) => document.querySelector("[aria-roledescription=relief]")?.getAttribute("aria-valuetext") === text,
    words,
  );

async function openRelief(page) {
  await openSample(page, "Siren");
  await shape(page, "Relief").click();
  await relief(page).waitFor();
  await stands(page, START);
  await relief(page).scrollIntoViewIfNeeded();
}

/** Its picture once it is another one than before. */
async function changed(page, before) {
  for (let tries = 0; tries < 100; tries++) {
    const now = await picture(page);
    if (now !== before) return now;
    await page.waitForTimeout(50);
  }
  assert.fail("the relief looks as before");
}

test("the spectrogram as a relief is turned, come nearer to, read and saved", async () => {
  const { page, leave } = await visit(stage);
  await openRelief(page);
  assert.ok((await coloursOf(relief(page))) > 300);
  const first = await picture(page);

  await relief(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowUp");
  assert.equal(await stance(page), "11° from the left, 42° from above");
  const turned = await changed(page, first);
  await page.keyboard.press("+");
  assert.match(await stance(page), /, 1\.3 times nearer$/);
  await changed(page, turned);
  await page.keyboard.press("Home");
  await stands(page, START);

  const box = await relief(page).boundingBox();
  const middle = [box.x + box.width / 2, box.y + box.height * 0.6];
  await page.mouse.move(...middle);
  await page.waitForFunction(() =>
    /s · .*Hz · .*dB/.test(document.querySelector('[data-reading="spectrogram"]').textContent),
  );
  const [time_s] = (await page.locator('[data-reading="spectrogram"]').textContent()).split(" ");
  assert.ok(Math.abs(time_s - 2.5) < 0.8, `the middle: ${time_s} s`);
  await page.mouse.down();
  await page.mouse.move(middle[0] + 100, middle[1] + 20, { steps: 3 });
  await page.mouse.up();
  assert.equal(await stance(page), "51° from the left, 44° from above");
  await page.mouse.dblclick(...middle);
  await stands(page, START);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save picture: Spectrogram" }).click();
  assert.equal((await saved).suggestedFilename(), "siren-spectrogram.png");
  await leave();
});

test("the wheel belongs to the page until the relief has the keyboard", async () => {
  const { page, leave } = await visit(stage);
  await openRelief(page);
  const scrolled = () => page.evaluate(() => window.scrollY);
  const over = async () => {
    const { x, y, width, height } = await relief(page).boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
  };
  await page.evaluate(() => document.activeElement.blur());
  const before = await scrolled();
  await over();
  await page.mouse.wheel(0, 40);
  await page.waitForFunction((y) => window.scrollY !== y, before);
  assert.equal(await stance(page), START);
  await over();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -300);
  await page.keyboard.up("Control");
  await page.waitForFunction(() => /nearer/.test(document.querySelector("[aria-roledescription]").ariaValueText));
  await relief(page).focus();
  const stood = await scrolled();
  await page.mouse.wheel(0, 1000);
  await stands(page, START);
  assert.equal(await scrolled(), stood);
  await leave();
});

test("a relief goes with the palette, the theme, the size, the view and the sound", async () => {
  const { page, leave } = await visit(stage, { reducedMotion: "reduce" });
  await openRelief(page);
  let before = await picture(page);
  for (const change of [
    () => page.getByRole("radio", { name: "Viridis" }).click(),
    () => page.getByRole("radio", { name: "Dark" }).click(),
    () => page.setViewportSize({ width: 900, height: 900 }),
    () => page.getByRole("button", { name: "Zoom in" }).click(),
    () => page.getByRole("radio", { name: "Fine" }).click(),
    () => openSample(page, "Crickets"),
  ]) {
    await change();
    before = await changed(page, before);
  }
  assert.equal(await stance(page), START);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("silence.wav"));
  await page.getByRole("heading", { name: "Silence" }).waitFor();
  await changed(page, before);
  await leave();
});

test("a channel, and the mean of all, are reliefs that are read place by place", async () => {
  const { page, leave } = await visit(stage, { reducedMotion: "reduce" });
  await openSample(page, "Siren");
  await page.getByRole("button", { name: /^layer3 .*open all/ }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("slider", { name: /^All/ }).waitFor();
  for (const [name, label] of [
    ["Relief", /^Relief: layer3, channel \d+: 16 by 22 places/],
    ["Relief of the mean", /^Relief: layer3, mean of all channels: mean of \d+ channels/],
  ]) {
    await sheet.getByRole("radio", { name, exact: true }).click();
    const canvas = sheet.getByRole("slider", { name: label });
    await canvas.waitFor();
    assert.ok((await coloursOf(canvas)) > 100, name);
    const { x, y, width, height } = await canvas.boundingBox();
    await page.mouse.move(x + width / 2, y + height * 0.6);
    await page.waitForFunction(() => /sees \d/.test(document.querySelector('[data-reading="channel"]').textContent));
    assert.equal(await sheet.locator('[data-mark="patch"]').evaluate((one) => one.style.visibility), "visible");
    await page.mouse.move(x + 2, y + 2);
    await page.waitForFunction(() => /Touch or/.test(document.querySelector('[data-reading="channel"]').textContent));
  }
  await sheet.getByRole("radio", { name: "Flat", exact: true }).click();
  await sheet.getByRole("slider", { name: /Arrow keys read place by place/ }).waitFor();
  await leave();
});

test("without WebGL 2 maps stay flat, and it is said why", async () => {
  const { page, leave } = await visit(stage);
  await page.evaluate(() => {
    const own = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...given) {
      return kind === "webgl2" ? null : own.call(this, kind, ...given);
    };
  });
  await openSample(page, "Siren");
  await shape(page, "Relief").click();
  await page.getByText("A relief needs WebGL 2").waitFor();
  await page.getByRole("slider", { name: /^Spectrogram from/ }).waitFor();
  assert.equal(await shape(page, "Flat").isChecked(), true);
  await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("radio", { name: "Relief", exact: true }).click();
  await sheet.getByText("A relief needs WebGL 2").waitFor();
  await sheet.getByRole("slider", { name: /Arrow keys read place by place/ }).waitFor();
  await leave();
});

test("graphics that are taken away leave the flat picture; what is not used is given back", async () => {
  const { page, leave } = await visit(stage, { reducedMotion: "reduce" });
  await page.evaluate(() => {
    window.opened = [];
    const own = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...given) {
      const context = own.call(this, kind, ...given);
      if (kind === "webgl2") window.opened.push(context);
      return context;
    };
  });
  await openRelief(page);
  await page.evaluate(() => window.opened.at(-1).getExtension("WEBGL_lose_context").loseContext());
  await page.getByText("The relief was lost").waitFor();
  await page.getByRole("slider", { name: /^Spectrogram from/ }).waitFor();
  for (let times = 0; times < 20; times++) {
    await shape(page, "Relief").click();
    await relief(page).waitFor();
    assert.equal(await page.getByText("The relief was lost").count(), 0);
    await shape(page, "Flat").click();
    await relief(page).waitFor({ state: "detached" });
  }
  await page.waitForFunction(() => window.opened.every((context) => context.isContextLost()));
  await shape(page, "Relief").click();
  await relief(page).waitFor();
  assert.ok((await coloursOf(relief(page))) > 300);
  await leave();
});

test("a relief fits on a phone, is turned with a finger, and axe finds nothing serious", async () => {
  const { page, leave } = await visit(stage, {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    reducedMotion: "reduce",
  });
  await openRelief(page);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  const { x, y, width, height } = await relief(page).boundingBox();
  const session = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  const finger = (id, aside) => ({ id, x: x + width / 2 + aside, y: y + height / 2 });
  await touch("touchStart", finger(0, 0));
  for (const aside of [20, 60, 100]) await touch("touchMove", finger(0, aside));
  await touch("touchEnd");
  assert.notEqual(await stance(page), START);
  await touch("touchStart", finger(0, -20), finger(1, 20));
  for (const aside of [30, 60, 90]) await touch("touchMove", finger(0, -aside), finger(1, aside));
  await touch("touchEnd");
  assert.match(await stance(page), /nearer$/);
  assert.deepEqual(await serious(page), []);
  await leave();
});
