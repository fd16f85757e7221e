//! Seeded random numbers (`SplitMix64`), so that every run and every machine measures the same data.

/// A source of numbers; the same seed gives the same ones.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `from..to`.
    pub fn range(&mut self, from: u64, to: u64) -> u64 {
        from + self.bits() % (to - from)
    }

    /// Returns true in `percent` of all cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.range(0, 100) < percent
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// A number in `-limit..limit`.
    pub fn signed(&mut self, limit: f32) -> f32 {
        (self.unit() * 2.0 - 1.0) * limit
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.range(0, of.len() as u64) as usize]
    }

    /// A list whose length is in `from..to`.
    pub fn many<T>(&mut self, from: u64, to: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.range(from, to);
        (0..count).map(|_| one(self)).collect()
    }

    /// A value in `percent` of all cases.
    pub fn maybe<T>(&mut self, percent: u64, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(percent) { Some(one(self)) } else { None }
    }

    /// A lower-case word whose length is in `from..to`.
    pub fn word(&mut self, from: u64, to: u64) -> String {
        let letters = self.range(from, to);
        (0..letters).map(|_| char::from(b'a' + self.range(0, 26) as u8)).collect()
    }
}
