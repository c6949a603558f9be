//! 来源地址: the client's address behind proxies. A forwarded address counts only as far as trusted proxies vouch for it.

use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses, `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    base: IpAddr,
    prefix: u8,
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<AddressRange, String> {
        let fault = || format!("“{text}”不是网段，应写作 10.0.0.0/8");
        let (base, prefix) = text.split_once('/').ok_or_else(fault)?;
        let base: IpAddr = base.parse().map_err(|_| fault())?;
        let plain = prefix.bytes().all(|b| b.is_ascii_digit());
        let prefix =
            prefix.parse().ok().filter(|prefix| plain && *prefix <= width(base)).ok_or_else(fault)?;
        Ok(AddressRange { base, prefix })
    }
}

impl AddressRange {
    /// Whether the address lies in the range; never one of the other family.
    pub fn contains(self, address: IpAddr) -> bool {
        self.base.is_ipv4() == address.is_ipv4()
            && masked(self.base, self.prefix) == masked(address, self.prefix)
    }
}

/// Where somebody signs in from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientAddress {
    pub address: IpAddr,
    /// The /24 or /64 around it: what lockout, limits and audit count by.
    pub network: String,
}

/// Reads `X-Forwarded-For` (its lines as one list) from the right: trusted hops are skipped, the first other address is the
/// client; what is no address ends the walk. From a peer that is not trusted the header counts for nothing.
pub fn client_address(peer: IpAddr, forwarded: &[String], trusted: &[AddressRange]) -> ClientAddress {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(address));
    let mut client = peer.to_canonical();
    let mut hops = forwarded.iter().rev().flat_map(|line| line.rsplit(','));
    while is_trusted(client) {
        match hops.next().map(|hop| hop.trim().parse::<IpAddr>()) {
            Some(Ok(hop)) => client = hop.to_canonical(),
            Some(Err(_)) | None => break,
        }
    }
    ClientAddress { address: client, network: network(client) }
}

fn network(address: IpAddr) -> String {
    let prefix = if address.is_ipv4() { 24 } else { 64 };
    format!("{}/{prefix}", masked(address, prefix))
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}
