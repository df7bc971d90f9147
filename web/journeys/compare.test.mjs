// Two answers beside each other: of two sounds, or of two networks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { answered, coloursOf, openSample, openStage, serious, visit } from "./stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const comparison = (page) => page.getByRole("region", { name: "Comparison" });
const side = (page, letter) => page.getByRole("region", { name: letter, exact: true });
const pane = (page, words) => comparison(page).getByRole("img", { name: new RegExp(`^${words}`) });
const toText = (canvas) => canvas.toDataURL();
const second = async (page, name) => {
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await page.getByRole("dialog", { name: "Compare" }).getByRole("button", { name }).first().click();
  await comparison(page).waitFor();
};

test("two sounds stand beside each other, heard by the same network", async () => {
  const { page, leave } = await visit(stage);
  await openSample(page, "Siren");
  await page.waitForURL(/sample=siren/);
  await second(page, /Crickets/);
  await page.getByRole("heading", { name: "Two sounds" }).waitFor();
  assert.match(page.url(), /\?sample=siren&with=crickets-6$/);
  await side(page, "A").getByRole("heading", { name: "Siren" }).waitFor();
  await side(page, "B").getByRole("heading", { name: "Crickets" }).waitFor();
  await side(page, "B")
    .getByText(/^answered in \d+ ms$/)
    .waitFor();
  const bars = page.getByRole("list", { name: "Likeliest classes of both" }).getByRole("listitem");
  assert.ok((await bars.count()) >= 3);
  assert.equal(await bars.first().getByRole("progressbar").count(), 2);
  for (const words of ["A: Spectrogram", "B: Spectrogram", "A: layer2: ", "B: layer2: ", "B: What speaks for Crickets"])
    assert.ok((await coloursOf(pane(page, words))) > 20, words);
  assert.deepEqual(await serious(page), []);
  const drawn = () => Promise.all(["A", "B"].map((letter) => pane(page, `${letter}: layer2: `).evaluate(toText)));
  const shared = await drawn();
  await page.getByRole("radio", { name: "Each its own" }).click();
  await page.waitForTimeout(200);
  assert.ok((await drawn()).some((text, i) => text !== shared[i]));
  await page.goBack();
  await comparison(page).waitFor({ state: "detached" });
  assert.match(page.url(), /\?sample=siren$/);
  await answered(page, "Siren");
  await page.goForward();
  await comparison(page).waitFor();
  await page.keyboard.press("Escape");
  await comparison(page).waitFor({ state: "detached" });
  await page.waitForURL(/\?sample=siren$/);
  await leave();
});

test("two networks that heard the same sound, by a link", async () => {
  const { page, leave } = await visit(stage, { path: "/?sample=siren&model=compact&versus=attention" });
  await page.getByRole("heading", { name: "Two networks" }).waitFor();
  await side(page, "A").getByText("model compact").waitFor();
  await side(page, "B").getByText("model attention").waitFor();
  assert.equal(await pane(page, "A and B: Spectrogram").count(), 1);
  assert.ok((await coloursOf(pane(page, "B: layer1: "))) > 20);
  assert.match(page.url(), /\?sample=siren&model=compact&versus=attention$/);
  await page.reload();
  await page.getByRole("heading", { name: "Two networks" }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.waitForURL(/\?sample=siren&model=compact$/);
  await answered(page, "Siren");
  await leave();
});

test("a kept sound is compared with the one that is shown, and then looked at alone", async () => {
  const { page, leave } = await visit(stage);
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
  await answered(page, "rain.wav");
  await page.waitForURL(/heard=/);
  await openSample(page, "Siren");
  await page.waitForURL(/sample=siren/);
  await page.getByRole("button", { name: "Heard", exact: true }).click();
  await page.getByRole("button", { name: "More about rain.wav" }).click();
  await page.getByRole("menuitem", { name: "Compare with what is shown" }).click();
  await page.getByRole("heading", { name: "Two sounds" }).waitFor();
  await page.waitForURL(/\?sample=siren&with-heard=[0-9a-f]{12}$/);
  await page.getByRole("button", { name: "Only B" }).click();
  await answered(page, "rain.wav");
  await comparison(page).waitFor({ state: "detached" });
  await page.waitForURL(/\?heard=[0-9a-f]{12}$/);
  await page.goBack();
  await side(page, "A").getByRole("heading", { name: "Siren" }).waitFor();
  await page.goBack();
  await comparison(page).waitFor({ state: "detached" });
  await answered(page, "Siren");
  await leave();
});

test("a second one that cannot be had is said so, and another can be chosen", async () => {
  const { page, leave } = await visit(stage, { path: "/?sample=siren&with=gone", expected: /status of 404/ });
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Compare with another" }).click();
  await page
    .getByRole("dialog", { name: "Compare" })
    .last()
    .getByRole("button", { name: /Crickets/ })
    .click();
  await page.getByRole("heading", { name: "Two sounds" }).waitFor();
  assert.match(page.url(), /\?sample=siren&with=crickets-6$/);
  await leave();
});

test("a sound that is dropped while two are compared is heard and seen", async () => {
  const { page, leave } = await visit(stage, { path: "/?sample=siren&with=crickets-6" });
  await comparison(page).waitFor();
  await page.getByLabel("Sound file").setInputFiles(stage.sound("rain.wav"));
  await answered(page, "rain.wav");
  await comparison(page).waitFor({ state: "detached" });
  await page.waitForURL(/\?heard=[0-9a-f]{12}$/);
  await leave();
});

test("all of it fits a phone, dark too, and can be done from the keyboard", async () => {
  const viewport = { width: 360, height: 740 };
  const { page, leave } = await visit(stage, { viewport, colorScheme: "dark", path: "/?sample=siren" });
  await answered(page, "Siren");
  await page.getByRole("button", { name: "Compare", exact: true }).press("Enter");
  await page
    .getByRole("button", { name: /^attention/ })
    .first()
    .press("Enter");
  await page.getByRole("heading", { name: "Two networks" }).waitFor();
  const wide = await comparison(page).evaluate((element) => element.scrollWidth > element.clientWidth);
  assert.equal(wide, false);
  const [a, b] = [await side(page, "A").boundingBox(), await side(page, "B").boundingBox()];
  assert.ok(b.y > a.y + a.height - 1 && a.x === b.x, "one below the other");
  assert.deepEqual(await serious(page), []);
  await page.keyboard.press("Escape");
  await comparison(page).waitFor({ state: "detached" });
  await answered(page, "Siren");
  await leave();
});
