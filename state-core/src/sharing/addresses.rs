//! A hash table of addresses with open addressing, because `alloc` has no hash table.

use alloc::vec::Vec;

/// The objects by their addresses.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    /// At least twice as many as there are entries, and a power of two; an address of 0 is an empty slot.
    slots: Vec<(u64, u32)>,
    count: usize,
}

impl Addresses {
    pub fn find(&self, address: u64) -> Option<u32> {
        let (at, found) = self.probe(address)?;
        found.then(|| self.slots[at].1)
    }

    /// Adds an address; returns whether it is new.
    pub fn insert(&mut self, address: u64, object: u32) -> bool {
        if self.slots.len() < 2 * (self.count + 1) {
            self.grow();
        }
        let Some((at, false)) = self.probe(address) else { return false };
        self.slots[at] = (address, object);
        self.count += 1;
        true
    }

    /// The slot of an address, or the empty one for it, and whether the address is there. An empty slot always exists.
    fn probe(&self, address: u64) -> Option<(usize, bool)> {
        let mask = self.slots.len().checked_sub(1)?;
        // Allocations are at multiples of 8 or 16; after multiplication, all bits affect the upper half.
        let hash = address.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut at = (hash >> 32) as usize & mask;
        loop {
            match self.slots[at].0 {
                0 => return Some((at, false)),
                found if found == address => return Some((at, true)),
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let larger = alloc::vec![(0, 0); (self.slots.len() * 2).max(16)];
        let old = core::mem::replace(&mut self.slots, larger);
        for entry in old.into_iter().filter(|entry| entry.0 != 0) {
            if let Some((at, false)) = self.probe(entry.0) {
                self.slots[at] = entry;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Addresses;

    #[test]
    fn each_address_is_entered_once() {
        let mut addresses = Addresses::default();
        assert_eq!(addresses.find(16), None);
        for n in 1..1000_u32 {
            assert!(addresses.insert(u64::from(n) * 16, n));
            assert!(!addresses.insert(u64::from(n) * 16, n + 1));
        }
        for n in 1..1000_u32 {
            assert_eq!(addresses.find(u64::from(n) * 16), Some(n));
            assert_eq!(addresses.find(u64::from(n) * 16 + 8), None);
        }
    }
}
