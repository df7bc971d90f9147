// What can be taken away, and what is there without a server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { KEEPING_ITSELF, openSample, openStage, visit } from "./stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

async function download(page, act) {
  const [file] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

const fromMenu = (page, name) => async () => {
  await page.getByRole("button", { name: "Save or share" }).click();
  await page.getByRole("menuitem", { name }).click();
};

const widthOfPng = (bytes) => {
  assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  return bytes.readUInt32BE(16);
};

test("the document, any pane and everything as one picture", async () => {
  const { page, leave } = await visit(stage, KEEPING_ITSELF);
  await openSample(page, "Siren");
  const document = await download(page, fromMenu(page, /The whole analysis/));
  assert.equal(document.name, "siren.json");
  assert.equal(JSON.parse(document.bytes).predictions.length, 50);
  const whole = await download(page, fromMenu(page, /Everything/));
  assert.equal(whole.name, "siren-analysis.png");
  assert.ok(widthOfPng(whole.bytes) > 2000);
  for (const [title, name] of [
    ["Waveform", "waveform"],
    ["Spectrogram", "spectrogram"],
    ["Why", "evidence"],
    ["Layer by layer", "layers"],
  ]) {
    const picture = await download(page, () => page.getByRole("button", { name: `Save picture: ${title}` }).click());
    assert.equal(picture.name, `siren-${name}.png`);
    widthOfPng(picture.bytes);
  }
  const sound = await download(page, fromMenu(page, /The sound itself/));
  assert.equal(sound.name, "siren.flac");
  assert.equal(sound.bytes.subarray(0, 4).toString(), "fLaC");
  await page.getByRole("slider", { name: /^Waveform/ }).focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+ArrowRight");
  await page.getByRole("button", { name: "Analyse only this" }).click();
  await page.locator('[data-source^="Siren, "]').waitFor();
  const stretch = await download(page, fromMenu(page, /The sound itself/));
  assert.equal(stretch.name, "Siren-0-00-s-to-0-50-s.wav");
  await leave();
});

test("a link to a sample can be copied", async () => {
  const { page, leave } = await visit(stage, { permissions: ["clipboard-read", "clipboard-write"] });
  await openSample(page, "Siren");
  await fromMenu(page, /Copy a link/)();
  await page.getByText("Link copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${stage.address}/?sample=siren`);
  await leave();
});

test("the page opens without its server, and says that it is away", async () => {
  const { page, context, leave } = await visit(stage, { ...KEEPING_ITSELF, expected: /Failed to load resource/ });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => {
    const [name] = await caches.keys();
    if (!/^audio-cnn-page-[0-9a-f]{12}$/.test(name)) return false;
    const kept = await (await caches.open(name)).keys();
    return kept.length > 4;
  });
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("heading", { name: "What does it hear?" }).waitFor();
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
  await page.getByText("The server does not answer").waitFor();
  // What is loaded once it is wanted is at hand, too.
  await page.getByRole("button", { name: "About this model" }).click();
  await page.getByRole("dialog").waitFor();
  await leave();
});

test("it can be installed", async () => {
  const { page, leave } = await visit(stage);
  const manifest = await (await fetch(`${stage.address}/manifest.webmanifest`)).json();
  assert.equal(await page.locator('link[rel="manifest"]').getAttribute("href"), "/manifest.webmanifest");
  for (const { src, sizes } of manifest.icons) {
    const answer = await fetch(stage.address + src);
    assert.ok(answer.ok, src);
    if (sizes === "any") continue;
    assert.equal(Buffer.from(await answer.arrayBuffer()).readUInt32BE(16), parseInt(sizes));
  }
  await leave();
});
