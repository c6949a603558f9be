// The grid, with real keys, on the hardware rows of a real request: everything a person knows from a spreadsheet.

import assert from "node:assert/strict";
import AxeBuilder from "@axe-core/playwright";
import { press, test } from "./harness.mjs";
import { cell as cellOf, expectCount, gridInput, openAs, openSection, paste } from "./request_page.mjs";

const TABLE = "hardware";

// The filler's browser with the table open and the cursor in its first cell.
async function openTable(world) {
  const page = await openAs(world, "water.filler", "/requests/water-2024", { width: 1920, height: 900 });
  await openSection(page, TABLE);
  await page.locator(`[data-grid="${TABLE}"] [role=gridcell]`).first().waitFor();
  await gridInput(page, TABLE).focus();
  await press(page, "Escape", "Control+Home");
  return page;
}

const cell = (page, row, field) => cellOf(page, TABLE, row, field);

async function column(page, field, ...rows) {
  const texts = [];
  for (const row of rows) texts.push(await cell(page, row, field).textContent());
  return texts;
}

// Row and field of the active cell.
function cursor(page) {
  return page
    .locator(`[data-grid="${TABLE}"] .grid-cell.cursor`)
    .evaluate((cell) => `${cell.parentElement.dataset.rowIndex} ${cell.dataset.field}`);
}

function rowCount(page) {
  return page.locator(`[data-grid="${TABLE}"] [data-grid-count="rows"]`).textContent();
}

function total(page) {
  return page.locator('[data-total="total"]').first().textContent();
}

function heading(page, label) {
  return page.locator(`[data-grid="${TABLE}"] [role=columnheader]`, { hasText: label });
}

test("each key counts at once, and the whole is one step back", async (world) => {
  const page = await openTable(world);
  const before = [await cell(page, 0, "unit_value").textContent(), await cell(page, 0, "amount").textContent(), await total(page)];
  await cell(page, 0, "unit_value").click();
  await page.keyboard.type("1234");
  assert.notEqual(await cell(page, 0, "amount").textContent(), before[1]);
  assert.notEqual(await total(page), before[2]);
  await press(page, "Enter");
  assert.equal(await cell(page, 0, "unit_value").textContent(), "1,234.00");
  assert.equal(await cursor(page), "1 unit_value");
  await press(page, "Control+z");
  assert.deepEqual(
    [await cell(page, 0, "unit_value").textContent(), await cell(page, 0, "amount").textContent(), await total(page)],
    before,
  );
  assert.equal(await cursor(page), "0 unit_value");
  await press(page, "Control+y");
  assert.equal(await cell(page, 0, "unit_value").textContent(), "1,234.00");
  await press(page, "Control+z");
});

test("Escape brings back what was there", async (world) => {
  const page = await openTable(world);
  const [before] = await column(page, "quantity", 0);
  await cell(page, 0, "quantity").click();
  await page.keyboard.type("99");
  await press(page, "Escape");
  assert.deepEqual(await column(page, "quantity", 0), [before]);
});

test("Chinese text and an input method's first key land in the cell", async (world) => {
  const page = await openTable(world);
  await cell(page, 1, "name").click();
  await page.keyboard.insertText("核心业务服务器");
  await press(page, "Tab");
  assert.deepEqual(await column(page, "name", 1), ["核心业务服务器"]);
  assert.equal(await cursor(page), "1 brand");

  const keys = await page.context().newCDPSession(page);
  for (const text of ["l", "la", "lang"]) {
    await keys.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  }
  assert.equal(await gridInput(page, TABLE).inputValue(), "lang");
  await keys.send("Input.insertText", { text: "浪潮" });
  await press(page, "Enter");
  assert.deepEqual(await column(page, "brand", 1), ["浪潮"]);
  await press(page, "Control+z", "Control+z");
});

test("hundreds of cells in a row keep the keyboard, also within an input method, and each is one step back", async (world) => {
  const page = await openTable(world);
  const [amount, name] = [await column(page, "quantity", 0), await column(page, "name", 0)];
  const input = gridInput(page, TABLE);
  // The grid replaces its input element now and then (its undo grows); the keyboard must not notice.
  await input.evaluate((input) => {
    window.renewed = 0;
    const count = (changes) => {
      window.renewed += changes.filter(({ addedNodes }) => [...addedNodes].includes(input)).length;
    };
    new MutationObserver(count).observe(input.parentNode, { childList: true });
  });
  await cell(page, 0, "quantity").click();
  for (let n = 1; n <= 105; n += 1) {
    await page.keyboard.type(String(n));
    await press(page, "Enter", "ArrowUp");
    assert.deepEqual([await column(page, "quantity", 0), await cursor(page)], [[String(n)], "0 quantity"]);
    assert.ok(await input.evaluate((input) => input === document.activeElement));
  }
  assert.ok((await page.evaluate(() => window.renewed)) >= 1);

  const keys = await page.context().newCDPSession(page);
  await cell(page, 0, "name").click();
  for (let n = 1; n <= 105; n += 1) {
    for (const text of ["f", "fu"]) {
      await keys.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    }
    await keys.send("Input.insertText", { text: `服务器${n}` });
    await press(page, "Enter", "ArrowUp");
    assert.deepEqual(await column(page, "name", 0), [`服务器${n}`]);
  }
  assert.ok((await page.evaluate(() => window.renewed)) >= 2);
  await press(page, "Control+z");
  assert.deepEqual(await column(page, "name", 0), ["服务器104"]);
  for (let n = 1; n <= 104 + 105; n += 1) await press(page, "Control+z");
  assert.deepEqual([await column(page, "quantity", 0), await column(page, "name", 0)], [amount, name]);
});

test("what is typed is read as an office writes it; what cannot be read stays and is marked", async (world) => {
  const page = await openTable(world);
  await cell(page, 0, "purchased").click();
  await page.keyboard.insertText("２０１９年6月3日");
  await press(page, "Enter");
  assert.deepEqual(await column(page, "purchased", 0), ["2019-06-03"]);
  await press(page, "ArrowUp");
  await page.keyboard.insertText("说不清");
  await press(page, "Enter");
  assert.deepEqual(await column(page, "purchased", 0), ["说不清"]);
  assert.equal(await cell(page, 0, "purchased").getAttribute("aria-invalid"), "true");
  await press(page, "Control+z", "Control+z");
  assert.equal(await cell(page, 0, "purchased").getAttribute("aria-invalid"), "false");
});

test("the keys of a spreadsheet move the cursor", async (world) => {
  const page = await openTable(world);
  await cell(page, 0, "name").click();
  const steps = [
    ["ArrowDown", "1 name"],
    ["ArrowRight", "1 brand"],
    ["Tab", "1 model"],
    ["Shift+Tab", "1 brand"],
    ["Enter", "2 brand"],
    ["Shift+Enter", "1 brand"],
    ["Tab", "1 model"],
    ["Tab", "1 quantity"],
    ["Enter", "2 brand"],
    ["ArrowUp", "1 brand"],
    ["Control+ArrowDown", "63 brand"],
    ["Home", "63 system"],
    ["Control+Home", "0 system"],
    ["End", "0 basis"],
    ["Control+End", "63 basis"],
  ];
  for (const [key, place] of steps) {
    await press(page, key);
    assert.equal(await cursor(page), place, key);
  }
  await press(page, "PageUp");
  assert.match(await cursor(page), /^[34]\d basis$/);
});

test("Tab runs on into the next row, and leaves the grid at its end or after Escape", async (world) => {
  const page = await openTable(world);
  const inside = () =>
    page.evaluate((table) => document.activeElement.dataset.gridInput === table, TABLE);
  await press(page, "End", "Tab");
  assert.equal(await cursor(page), "1 system");
  await press(page, "Shift+Tab");
  assert.equal(await cursor(page), "0 basis");
  await press(page, "Control+End", "Tab");
  assert.equal(await inside(), false);
  await gridInput(page, TABLE).focus();
  await press(page, "Control+Home", "Escape", "Tab");
  assert.equal(await inside(), false);
});

test("a range goes out and comes in as spreadsheets exchange it, in one step back", async (world) => {
  const page = await openTable(world);
  const source = [await column(page, "name", 0, 1), await column(page, "brand", 0, 1)];
  const before = await column(page, "brand", 3, 4);
  await cell(page, 0, "name").click();
  await press(page, "Shift+ArrowDown", "Shift+ArrowRight");
  await expectCount(page.locator(`[data-grid="${TABLE}"] [aria-selected=true]`), 4);
  await press(page, "Control+c");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.deepEqual(text.trim().split(/\r?\n/).map((line) => line.split("\t")), [
    [source[0][0], source[1][0]],
    [source[0][1], source[1][1]],
  ]);
  await cell(page, 3, "name").click();
  await press(page, "Control+v");
  assert.deepEqual(await column(page, "name", 3, 4), source[0]);
  assert.deepEqual(await column(page, "brand", 3, 4), source[1]);
  await press(page, "Control+z");
  assert.deepEqual(await column(page, "brand", 3, 4), before);
});

test("pasting below the end makes rows; systems are known by name, figures in any writing", async (world) => {
  const page = await openTable(world);
  await cell(page, 0, "system").click();
  await press(page, "Control+ArrowDown");
  await paste(page, 
    "防汛监测预警平台\t服务器\t甲\t\t\t1,000\t￥２,０００.5\t20190603\n" +
      "水资源管理平台\t存 储\t乙\t\t\t3\t4\t2019/6/3\n没有的系统\t服务器\t丙",
  );
  assert.equal(await rowCount(page), "66 行");
  assert.deepEqual(await column(page, "system", 63, 64, 65), ["防汛监测预警平台", "水资源管理平台", "没有的系统"]);
  assert.deepEqual(await column(page, "unit_value", 63, 64), ["2,000.50", "4.00"]);
  assert.deepEqual(await column(page, "kind", 64), ["存储"]);
  assert.equal(await cell(page, 65, "system").getAttribute("aria-invalid"), "true");
  await press(page, "Control+z");
  assert.equal(await rowCount(page), "64 行");
});

test("fill down, Ctrl+Enter, Delete and the fill handle", async (world) => {
  const page = await openTable(world);
  const before = await column(page, "brand", 0, 1, 2, 3);
  await cell(page, 0, "brand").click();
  await press(page, "Shift+ArrowDown", "Shift+ArrowDown", "Control+d");
  assert.deepEqual(await column(page, "brand", 0, 1, 2), Array(3).fill(before[0]));
  await press(page, "Control+z");
  await cell(page, 0, "brand").click();
  await press(page, "Shift+ArrowDown");
  await page.keyboard.insertText("同方");
  await press(page, "Control+Enter");
  assert.deepEqual(await column(page, "brand", 0, 1, 2), ["同方", "同方", before[2]]);
  await press(page, "Control+z");
  await cell(page, 0, "brand").click();
  await press(page, "Shift+ArrowDown", "Delete");
  assert.deepEqual(await column(page, "brand", 0, 1, 2), ["", "", before[2]]);
  await press(page, "Control+z");
  await cell(page, 0, "brand").click();
  const [from, to] = [await cell(page, 0, "brand").boundingBox(), await cell(page, 3, "brand").boundingBox()];
  await page.mouse.move(from.x + from.width - 4, from.y + from.height - 4);
  await page.mouse.down();
  await page.mouse.move(to.x + 12, to.y + 12, { steps: 5 });
  await page.mouse.up();
  assert.deepEqual(await column(page, "brand", 0, 1, 2, 3), Array(4).fill(before[0]));
  await press(page, "Control+z");
  assert.deepEqual(await column(page, "brand", 0, 1, 2, 3), before);
});

test("lists open, narrow by typing and are chosen from with keys or the mouse", async (world) => {
  const page = await openTable(world);
  const before = await column(page, "kind", 0);
  await cell(page, 0, "kind").click();
  await press(page, "Alt+ArrowDown");
  await expectCount(page.locator("[role=option]"), 7);
  await press(page, "Escape");
  await page.keyboard.insertText("视频");
  assert.deepEqual(await page.locator("[role=option]").allTextContents(), ["视频会议"]);
  await press(page, "Enter");
  assert.deepEqual(await column(page, "kind", 0), ["视频会议"]);
  await press(page, "Control+z");
  assert.deepEqual(await column(page, "kind", 0), before);
  await cell(page, 0, "system").dblclick();
  await page.locator("[role=option]", { hasText: "档案" }).click();
  assert.deepEqual(await column(page, "system", 0), ["档案管理系统"]);
  await press(page, "Control+z");
});

test("sorting and filtering change what is shown, never the data", async (world) => {
  const page = await openTable(world);
  const first = await column(page, "unit_value", 0, 1, 2);
  const figures = async () => (await column(page, "unit_value", 0, 1, 2)).map((text) => Number(text.replaceAll(",", "")));
  const label = "单位购置费";
  await heading(page, label).click();
  const rising = await figures();
  assert.deepEqual(rising, rising.toSorted((a, b) => a - b));
  assert.equal(await heading(page, label).getAttribute("aria-sort"), "ascending");
  await heading(page, label).click();
  const falling = await figures();
  assert.deepEqual(falling, falling.toSorted((a, b) => b - a));
  await heading(page, label).click();
  assert.deepEqual(await column(page, "unit_value", 0, 1, 2), first);

  await cell(page, 0, "name").click();
  await press(page, "Control+Shift+l");
  await page.keyboard.insertText("交换机");
  assert.match(await rowCount(page), /^显示 \d+ \/ 64 行$/);
  await press(page, "Enter");
  assert.match(await cell(page, 0, "name").textContent(), /交换机/);
  await page.getByRole("button", { name: "清除筛选排序" }).click();
  assert.equal(await rowCount(page), "64 行");
});

test("rows come and go where the cursor is", async (world) => {
  const page = await openTable(world);
  const before = await column(page, "name", 2, 3);
  await cell(page, 2, "name").click();
  await press(page, "Control+Shift+Equal");
  assert.equal(await rowCount(page), "65 行");
  assert.deepEqual(await column(page, "name", 2, 3), ["", before[0]]);
  await press(page, "Control+Minus");
  assert.deepEqual(await column(page, "name", 2, 3), before);
  await press(page, "Control+Minus");
  assert.deepEqual(await column(page, "name", 2), [before[1]]);
  await press(page, "Control+z", "Control+z", "Control+z");
  assert.deepEqual(await column(page, "name", 2, 3), before);
  assert.equal(await rowCount(page), "64 行");
});

test("the next error is one key away, and rows with errors can be seen alone", async (world) => {
  const page = await openTable(world);
  for (const row of [4, 9]) {
    await cell(page, row, "name").click();
    await press(page, "Delete");
  }
  await press(page, "Control+Home", "F8");
  assert.equal(await cursor(page), "4 name");
  await press(page, "F8");
  assert.equal(await cursor(page), "9 name");
  await press(page, "Shift+F8");
  assert.equal(await cursor(page), "4 name");
  await page.getByRole("button", { name: "仅看有错" }).click();
  assert.equal(await rowCount(page), "显示 2 / 64 行");
  await page.getByRole("button", { name: "清除筛选排序" }).click();
  await press(page, "Control+z", "Control+z");
});

test("assistive technology is told where the cursor is, and few elements are in the page", async (world) => {
  const page = await openTable(world);
  await cell(page, 1, "name").click();
  const input = gridInput(page, TABLE);
  assert.equal(await input.getAttribute("aria-activedescendant"), await cell(page, 1, "name").getAttribute("id"));
  const grid = page.locator(`[data-grid="${TABLE}"] [role=grid]`);
  assert.equal(await grid.getAttribute("aria-rowcount"), "65");
  assert.equal(await cell(page, 1, "amount").getAttribute("aria-readonly"), "true");
  const found = await new AxeBuilder({ page }).include(`[data-grid="${TABLE}"]`).analyze();
  assert.deepEqual(found.violations.map((violation) => violation.id), []);
  assert.ok((await page.locator("*").count()) < 3000);
});

test("another table takes the place of this one, and this one comes back as it was", async (world) => {
  const page = await openTable(world);
  const names = await column(page, "name", 0, 1);
  for (const table of ["software", "cloud", TABLE]) {
    await page.locator(`[data-section="${table}"]`).click();
    await page.locator(`[data-grid="${table}"] [role=gridcell]`).first().waitFor();
    await expectCount(page.locator("[data-viewport]"), 1);
  }
  assert.deepEqual(await column(page, "name", 0, 1), names);
});

test("on a small screen a row is a card", async (world) => {
  const page = await openTable(world);
  await page.setViewportSize({ width: 768, height: 1024 });
  await cell(page, 1, "name").click();
  await page.getByRole("button", { name: "卡片" }).click();
  const name = page.getByRole("textbox", { name: "设备名称" });
  const before = await name.inputValue();
  await name.fill("卡片里改的名称");
  await page.getByRole("button", { name: "下一行" }).click();
  assert.notEqual(await name.inputValue(), "卡片里改的名称");
  const button = await page.getByRole("button", { name: "上一行" }).boundingBox();
  assert.ok(button.height >= 44);
  await page.getByRole("button", { name: "上一行" }).click();
  assert.equal(await name.inputValue(), "卡片里改的名称");
  await page.getByRole("button", { name: "撤销" }).click();
  assert.equal(await name.inputValue(), before);
  await page.getByRole("button", { name: "卡片" }).click();
  await page.setViewportSize({ width: 1920, height: 900 });
});
