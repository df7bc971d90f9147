// A server with more than one model: which one hears is a choice.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { coloursOf, openSample, openStage, python, serious, visit } from "./stage.mjs";

let stage, folder, shipped;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "audio-cnn-models-"));
  const mine = join(folder, "mine.onnx");
  execFileSync(python, [join(dirname(fileURLToPath(import.meta.url)), "make_model.py"), mine]);
  stage = await openStage({ AUDIO_CNN_MORE_MODELS: JSON.stringify([mine]) });
  const answer = await fetch(`${stage.address}/api/v1/models`);
  [shipped] = (await answer.json()).map(({ name }) => name);
});
after(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true, force: true });
});

const choice = (page) => page.getByRole("combobox", { name: "Model" });
const title = (page) => page.getByRole("heading", { level: 1 });

async function choose(page, name) {
  await choice(page).click();
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
}

async function heardBy(page, name) {
  await page.getByText(`model ${name}`, { exact: true }).waitFor();
}

test("another model hears the same sound again, and everything follows it", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await heardBy(page, shipped);
  assert.equal(await title(page).textContent(), "Siren");
  await choose(page, "mine");
  await heardBy(page, "mine");
  assert.equal(await title(page).textContent(), "Not sure");
  await page
    .getByRole("region", { name: "Answer" })
    .getByText(/It comes closest to my siren, with .* none of the 3\./)
    .waitFor();
  assert.equal(await page.locator("[data-source]").getAttribute("data-state"), "unsure");
  await page.getByRole("meter", { name: /^Uncertainty/ }).waitFor();
  await page.waitForURL(/\?(sample=siren&model=mine|model=mine&sample=siren)$/);
  assert.equal(await page.getByRole("list", { name: "Likeliest classes" }).getByRole("listitem").count(), 3);
  assert.equal(await page.getByRole("button", { name: /^All \d+ classes/ }).count(), 0);
  for (const name of ["conv1", "layer1", "layer2"])
    assert.ok((await coloursOf(page.getByRole("img", { name: new RegExp(`^${name}: `) }))) > 20, name);
  assert.equal(await page.getByRole("img", { name: /^layer3: / }).count(), 0);
  await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
  await page.getByRole("dialog").getByRole("slider", { name: /^All/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "About this model" }).click();
  await page.getByRole("heading", { name: "About the model “mine”" }).waitFor();
  await page.getByRole("dialog").getByText("3 classes of one's own").waitFor();
  await page.keyboard.press("Escape");
  await choose(page, shipped);
  await heardBy(page, shipped);
  assert.equal(await title(page).textContent(), "Siren");
  await page.waitForURL(/\?sample=siren$/);
  // The address is that of the model that answered, also of a sound that is brought from an entry before.
  await choose(page, "mine");
  await heardBy(page, "mine");
  await openSample(page, "Rain");
  await heardBy(page, "mine");
  await page.waitForURL(/sample=rain-24/);
  assert.match(page.url(), /model=mine/);
  await leave();
});

test("Back returns to the model before, and Forward to the one after", async () => {
  const { page, leave } = await visit(stage, { path: "/?sample=siren" });
  await heardBy(page, shipped);
  await choose(page, "mine");
  await heardBy(page, "mine");
  await page.waitForURL(/model=mine/);
  await page.goBack();
  await heardBy(page, shipped);
  assert.equal(await choice(page).textContent(), `Model${shipped}`);
  assert.match(page.url(), /\?sample=siren$/);
  await page.goForward();
  await heardBy(page, "mine");
  assert.match(page.url(), /model=mine/);
  await leave();
});

test("a link opens a sample with the model that heard it; an unknown one gives way to the first", async () => {
  const { page, leave } = await visit(stage, { path: "/?sample=siren&model=mine" });
  await heardBy(page, "mine");
  assert.equal(await choice(page).textContent(), "Modelmine");
  await page.goto(`${stage.address}/?sample=siren&model=gone`);
  await heardBy(page, shipped);
  await page.waitForURL(/\?sample=siren$/);
  await leave();
});

test("the model can be chosen before there is a sound, from the keyboard", async () => {
  const { page, leave } = await visit(stage);
  await choice(page).focus();
  await page.keyboard.press("Enter");
  // The list takes the keyboard a moment after it is seen.
  await page.locator('[role="option"]:focus').waitFor();
  await page.keyboard.press("ArrowDown");
  await page.locator('[role="option"]:focus', { hasText: "mine" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("names it among 3,").waitFor();
  await openSample(page, "Siren");
  await heardBy(page, "mine");
  assert.deepEqual(await serious(page), []);
  await leave();
});

test("a choice that is taken back leaves the model that was heard", async () => {
  const { page, leave } = await visit(stage, { path: "/?sample=siren" });
  await heardBy(page, shipped);
  let free;
  const held = new Promise((resolve) => (free = resolve));
  await page.route("**/api/v1/analyze*", async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await choose(page, "mine");
  await page.getByRole("button", { name: "Cancel" }).click();
  free();
  assert.equal(await choice(page).textContent(), `Model${shipped}`);
  assert.doesNotMatch(page.url(), /model=/);
  await page.unroute("**/api/v1/analyze*");
  await choose(page, "mine");
  await heardBy(page, "mine");
  await leave();
});

test("one model alone is no choice", async () => {
  const alone = await openStage({ AUDIO_CNN_MORE_MODELS: "[]" });
  try {
    const { page, leave } = await visit(alone);
    await openSample(page, "Siren");
    assert.equal(await choice(page).count(), 0);
    await leave();
  } finally {
    await alone.close();
  }
});

test("sounds that were brought together are named anew by another model, if that is wanted", async () => {
  const { page, leave } = await visit(stage);
  const together = page.getByRole("region", { name: "Sounds brought together" });
  const named = () => together.getByText("All 2 sounds are named").first().waitFor();
  await page.getByLabel("Sound file").setInputFiles(["rain.wav", "hum.wav"].map(stage.sound));
  await named();
  assert.equal(await together.getByRole("button", { name: /^Name them with/ }).count(), 0);
  await choose(page, "mine");
  await together.getByRole("button", { name: "Name them with mine" }).click();
  await together.getByRole("button", { name: "Name them with mine" }).waitFor({ state: "detached" });
  await named();
  assert.match(await together.getByRole("listitem").first().textContent(), /Not sure: my/i);
  await leave();
});
