// Sounds that are brought together: all are named, each can be looked into, and the answers taken away.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { answered, openStage, serious, visit } from "./stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const together = (page) => page.getByRole("region", { name: "Sounds brought together" });
const rows = (page) => together(page).getByRole("listitem");
const pick = (page, ...names) => page.getByLabel("Sound file").setInputFiles(names.map(stage.sound));
const named = (page, count) => together(page).getByText(`All ${count} sounds are named`).first().waitFor();

test("of several files all are named and the first is shown, then any that is pressed", async () => {
  const { page, leave } = await visit(stage);
  await pick(page, "rain.wav", "hum.wav", "silence.wav", "long.wav");
  await answered(page, "rain.wav");
  await named(page, 4);
  assert.deepEqual(
    await rows(page).evaluateAll((all) => all.map((one) => one.querySelector(".font-medium").textContent)),
    ["rain.wav", "hum.wav", "silence.wav", "long.wav"],
  );
  assert.deepEqual(await serious(page), []);
  assert.match(await rows(page).nth(0).textContent(), /Rain, .*%/);
  assert.match(await rows(page).nth(2).textContent(), /Silence · /);
  assert.equal(await together(page).locator("[aria-current]").textContent(), await rows(page).nth(0).textContent());
  await rows(page).nth(3).getByRole("button").click();
  await answered(page, "long.wav");
  assert.match(await together(page).locator("[aria-current]").textContent(), /long\.wav/);
  await together(page).getByRole("button", { name: "Close" }).click();
  assert.equal(await together(page).count(), 0);
  await leave();
});

test("the table has what the page says, and why there is no answer", async () => {
  const { page, leave } = await visit(stage, { expected: /status of 415/ });
  await page.getByRole("button", { name: "Siren" }).waitFor();
  await page.getByLabel("Sound file").setInputFiles([
    { name: "rain.wav", mimeType: "audio/wav", buffer: readFileSync(stage.sound("rain.wav")) },
    { name: 'notes, "mine".wav', mimeType: "audio/wav", buffer: Buffer.from("no sound at all") },
  ]);
  await named(page, 2);
  assert.equal(await together(page).getByRole("button", { name: "Try again" }).count(), 0);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    together(page).getByRole("button", { name: "Table" }).click(),
  ]);
  const [head, rain, notes] = readFileSync(await download.path(), "utf8").split("\n");
  assert.match(head, /^file,rank,label,confidence,/);
  assert.match(rain, /^rain\.wav,1,rain,0\.\d{6},.*,ensemble$/);
  assert.match(notes, /^"notes, ""mine""\.wav",,,,,/);
  await leave();
});

test("a folder is searched for sounds, and one without any says so", async () => {
  const { page, leave } = await visit(stage);
  await page.getByRole("button", { name: "Siren" }).waitFor();
  const sound = readFileSync(stage.sound("rain.wav")).toString("base64");
  const drop = (names) =>
    page.evaluate(
      async ([names, sound]) => {
        const bytes = await (await fetch(`data:audio/wav;base64,${sound}`)).blob();
        const file = (name) => ({
          isDirectory: false,
          name,
          fullPath: `/night/${name}`,
          file: (done) => done(new File([bytes], name)),
        });
        const folder = {
          isDirectory: true,
          name: "night",
          createReader: () => {
            const rest = [names.map(file), []];
            return { readEntries: (done) => done(rest.shift()) };
          },
        };
        // A browser gives folders only to hands that drop them.
        const transfer = { types: ["Files"], files: [], items: [{ webkitGetAsEntry: () => folder }] };
        const event = new DragEvent("drop", { bubbles: true });
        Object.defineProperty(event, "dataTransfer", { value: transfer });
        window.dispatchEvent(event);
      },
      [names, sound],
    );
  await drop(["notes.txt"]);
  await page.getByRole("alert").filter({ hasText: "No sounds in it" }).waitFor();
  await drop(["b10.wav", "notes.txt", "b9.wav"]);
  await named(page, 2);
  assert.match(await rows(page).nth(0).textContent(), /night\/b9\.wav/);
  assert.match(await rows(page).nth(1).textContent(), /night\/b10\.wav/);
  await answered(page, "night/b9.wav");
  await leave();
});
