//! The random walk of the parity tests, natively: `walk SEED ACTS` prints what the WebAssembly must print too.

#[path = "src/random.rs"]
mod random;

fn main() -> Result<(), String> {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let [seed, acts] = numbers[..] else { return Err("walk SEED ACTS".to_string()) };
    print!("{}", random::walk(seed, u32::try_from(acts).map_err(|error| error.to_string())?)?);
    Ok(())
}
