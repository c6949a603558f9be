// The bench form's data apart from its page: what must be shown after each key. The same generator as
// tests/peer_form/src/data.rs, in whole numbers below 2⁵³.

const SEED = 12_345;
const QUANTITY = 90;

// A line is drawn as: category, noun, model, quantity, price and rate.
function* amounts(rows) {
  let state = SEED;
  const draw = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 16) % below;
  };
  for (let row = 0; row < rows; row += 1) {
    [5, 20, 9_000].forEach(draw);
    const quantity = 1 + draw(50);
    const price = 1 + draw(10_000) * 100 + draw(100);
    const rate = draw(10_001);
    yield row === rows >> 1 ? QUANTITY * 1_000 : Math.floor((quantity * price * rate + 5_000) / 10_000);
  }
}

export class Declaration {
  table = "items";
  field = "price";

  constructor(rows) {
    this.rows = rows;
    this.amount = QUANTITY * 1_000;
    this.total = 0;
    for (this.lastAmount of amounts(rows)) this.total += this.lastAmount;
  }

  // Id of the row in the middle, its amount, and the grand total.
  shown() {
    return [`r${(this.rows >> 1) + 1}`, figure(this.amount), figure(this.total)];
  }

  // The price of the row in the middle, in whole 元 at a rate of 100 %.
  type_price(text) {
    const amount = QUANTITY * Number(text) * 100;
    this.total += amount - this.amount;
    this.amount = amount;
  }

  last() {
    return { row: `r${this.rows}`, amount: figure(this.lastAmount) };
  }
}

function figure(hundredths) {
  const text = String(hundredths).padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}
