// Pictures of the page for readers: `npm run pictures` writes them to pictures/.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { openSample, openStage, visit } from "./stage.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../pictures");
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };

const stage = await openStage();
try {
  for (const colorScheme of ["light", "dark"]) {
    await picture(`invitation-${colorScheme}`, { colorScheme, viewport: DESK }, async () => undefined);
    await picture(`result-${colorScheme}`, { colorScheme, viewport: { ...DESK, height: 1780 } }, playing);
  }
  await picture("channels-dark", { colorScheme: "dark", viewport: DESK }, channels);
  await picture("fine-light", { colorScheme: "light", viewport: DESK }, fine);
  await picture("relief-dark", { colorScheme: "dark", viewport: DESK }, relief);
  await picture("compare-light", { colorScheme: "light", viewport: DESK }, comparison);
  await picture("phone-light", { colorScheme: "light", viewport: PHONE, deviceScaleFactor: 2 }, (page) =>
    openSample(page, "Siren"),
  );
  await picture("phone-dark", { colorScheme: "dark", viewport: PHONE, deviceScaleFactor: 2 }, phoneLayers);
} finally {
  await stage.close();
}

async function picture(name, options, act) {
  const { page, leave } = await visit(stage, options);
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await act(page);
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: "jpeg", quality: 60 });
  await leave();
}

async function playing(page) {
  await openSample(page, "Chirping birds");
  await page.getByRole("slider", { name: /^Waveform/ }).focus();
  for (let i = 0; i < 22; i++) await page.keyboard.press("ArrowRight");
  await page.evaluate(() => document.activeElement.blur());
  const why = await page.getByRole("slider", { name: /^What speaks for/ }).boundingBox();
  await page.mouse.move(why.x + why.width * 0.58, why.y + why.height * 0.19);
}

async function channels(page) {
  await openSample(page, "Church bells");
  await page.getByRole("button", { name: /^layer2 .*open all/ }).click();
  const mosaic = page.getByRole("slider", { name: /^All/ });
  await mosaic.waitFor();
  const box = await mosaic.boundingBox();
  await page.mouse.move(box.x + 160, box.y + 36);
}

async function fine(page) {
  await openSample(page, "Siren");
  await page.getByRole("radio", { name: "Fine" }).click();
  const canvas = page.getByRole("slider", { name: /^Spectrogram/ });
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.45);
  await page.waitForTimeout(1200);
}

async function relief(page) {
  await openSample(page, "Chirping birds");
  await page.getByRole("radio", { name: "Relief", exact: true }).click();
  const ground = page.getByRole("slider", { name: /^Relief: / });
  await ground.waitFor();
  await ground.evaluate((element) => element.scrollIntoView({ block: "center" }));
  await page.waitForTimeout(1500);
}

async function comparison(page) {
  await page.goto(new URL("/?sample=siren&with=crickets-6", page.url()).href);
  await page.getByRole("heading", { name: "What they saw" }).waitFor();
  await page.waitForTimeout(800);
}

async function phoneLayers(page) {
  await openSample(page, "Chirping birds");
  await page
    .getByRole("slider", { name: /^Spectrogram/ })
    .evaluate((element) => element.scrollIntoView({ block: "start" }));
}
