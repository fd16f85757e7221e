//! A game server's saved players: wide structs that mix numbers, options, small enums and strings. The file is long
//! because the structs are: each is here as an owned type, a borrowed type, a generator and a conversion.

use super::{Lend, Set, data, views};
use crate::random::Random;

data! {
    #[derive(Clone, Copy, bincode_next::Encode)]
    pub enum Mode {
        Survival,
        Creative,
        Adventure,
        Spectator,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Item")]
    pub struct Item {
        pub count: i8,
        pub slot: u8,
        pub id: String,
    }

    #[derive(Clone, Copy, bincode_next::Encode)]
    pub struct Abilities {
        pub walk_speed: f32,
        pub fly_speed: f32,
        pub may_fly: bool,
        pub flying: bool,
        pub invulnerable: bool,
        pub may_build: bool,
        pub instant_build: bool,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Companion")]
    pub struct Companion {
        pub id: String,
        pub position: (f64, f64, f64),
        pub motion: (f64, f64, f64),
        pub rotation: (f32, f32),
        pub fall_distance: f32,
        pub fire: u16,
        pub air: u16,
        pub on_ground: bool,
        pub no_gravity: bool,
        pub invulnerable: bool,
        pub portal_cooldown: i32,
        pub uuid: [u32; 4],
        pub custom_name: Option<String>,
        pub silent: bool,
        pub glowing: bool,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Recipes")]
    pub struct Recipes {
        pub known: Vec<String>,
        pub to_show: Vec<String>,
        pub filtering: bool,
        pub open: bool,
        pub furnace_filtering: bool,
        pub furnace_open: bool,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Player")]
    pub struct Player {
        pub mode: Mode,
        pub previous_mode: Mode,
        pub score: i64,
        pub dimension: String,
        pub selected_slot: u32,
        pub selected: Item,
        pub spawn_dimension: Option<String>,
        pub spawn_x: i64,
        pub spawn_y: i64,
        pub spawn_z: i64,
        pub spawn_forced: Option<bool>,
        pub sleep_timer: u16,
        pub exhaustion: f32,
        pub saturation: f32,
        pub food_timer: u32,
        pub level: u32,
        pub progress: f32,
        pub experience: i32,
        pub seed: i32,
        pub inventory: Vec<Item>,
        pub chest: Vec<Item>,
        pub abilities: Abilities,
        pub portal: Option<(f64, f64, f64)>,
        pub vehicle: Option<([u32; 4], Companion)>,
        pub left_shoulder: Option<Companion>,
        pub right_shoulder: Option<Companion>,
        pub saw_credits: bool,
        pub recipes: Recipes,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Save")]
    pub struct Save {
        pub players: Vec<Player>,
    }
}

views! {
    #[state(name = "benches.Item")]
    pub struct ItemView<'a> {
        pub count: i8,
        pub slot: u8,
        #[serde(borrow)]
        pub id: &'a str,
    }

    #[state(name = "benches.Companion")]
    pub struct CompanionView<'a> {
        #[serde(borrow)]
        pub id: &'a str,
        pub position: (f64, f64, f64),
        pub motion: (f64, f64, f64),
        pub rotation: (f32, f32),
        pub fall_distance: f32,
        pub fire: u16,
        pub air: u16,
        pub on_ground: bool,
        pub no_gravity: bool,
        pub invulnerable: bool,
        pub portal_cooldown: i32,
        pub uuid: [u32; 4],
        #[serde(borrow)]
        pub custom_name: Option<&'a str>,
        pub silent: bool,
        pub glowing: bool,
    }

    #[state(name = "benches.Recipes")]
    pub struct RecipesView<'a> {
        #[serde(borrow)]
        pub known: Vec<&'a str>,
        #[serde(borrow)]
        pub to_show: Vec<&'a str>,
        pub filtering: bool,
        pub open: bool,
        pub furnace_filtering: bool,
        pub furnace_open: bool,
    }

    #[state(name = "benches.Player")]
    pub struct PlayerView<'a> {
        pub mode: Mode,
        pub previous_mode: Mode,
        pub score: i64,
        #[serde(borrow)]
        pub dimension: &'a str,
        pub selected_slot: u32,
        #[serde(borrow)]
        pub selected: ItemView<'a>,
        #[serde(borrow)]
        pub spawn_dimension: Option<&'a str>,
        pub spawn_x: i64,
        pub spawn_y: i64,
        pub spawn_z: i64,
        pub spawn_forced: Option<bool>,
        pub sleep_timer: u16,
        pub exhaustion: f32,
        pub saturation: f32,
        pub food_timer: u32,
        pub level: u32,
        pub progress: f32,
        pub experience: i32,
        pub seed: i32,
        #[serde(borrow)]
        pub inventory: Vec<ItemView<'a>>,
        #[serde(borrow)]
        pub chest: Vec<ItemView<'a>>,
        pub abilities: Abilities,
        pub portal: Option<(f64, f64, f64)>,
        #[serde(borrow)]
        pub vehicle: Option<([u32; 4], CompanionView<'a>)>,
        #[serde(borrow)]
        pub left_shoulder: Option<CompanionView<'a>>,
        #[serde(borrow)]
        pub right_shoulder: Option<CompanionView<'a>>,
        pub saw_credits: bool,
        #[serde(borrow)]
        pub recipes: RecipesView<'a>,
    }

    #[state(name = "benches.Save")]
    pub struct SaveView<'a> {
        #[serde(borrow)]
        pub players: Vec<PlayerView<'a>>,
    }
}

const MODES: [Mode; 4] = [Mode::Survival, Mode::Creative, Mode::Adventure, Mode::Spectator];
const DIMENSIONS: [&str; 3] = ["overworld", "nether", "the_end"];
const THINGS: [&str; 8] =
    ["dirt", "stone", "iron_axe", "cooked_salmon", "oak_stairs", "golden_apple", "planks", "torch"];

fn thing(random: &mut Random) -> String {
    random.pick(&THINGS).into()
}

fn place(random: &mut Random) -> (f64, f64, f64) {
    let [x, y, z] = [(); 3].map(|()| f64::from(random.signed(30_000.0)));
    (x, y, z)
}

fn uuid(random: &mut Random) -> [u32; 4] {
    [(); 4].map(|()| random.bits() as u32)
}

impl Item {
    fn generate(random: &mut Random) -> Self {
        Self { count: random.range(1, 65) as i8, slot: random.range(0, 41) as u8, id: thing(random) }
    }

    fn lend(&self) -> ItemView<'_> {
        ItemView { count: self.count, slot: self.slot, id: &self.id }
    }
}

impl Abilities {
    fn generate(random: &mut Random) -> Self {
        Self {
            walk_speed: random.unit(),
            fly_speed: random.unit(),
            may_fly: random.chance(50),
            flying: random.chance(50),
            invulnerable: random.chance(50),
            may_build: random.chance(50),
            instant_build: random.chance(50),
        }
    }
}

impl Companion {
    fn generate(random: &mut Random) -> Self {
        Self {
            id: random.word(4, 10),
            position: place(random),
            motion: place(random),
            rotation: (random.signed(180.0), random.signed(180.0)),
            fall_distance: random.unit(),
            fire: random.bits() as u16,
            air: random.bits() as u16,
            on_ground: random.chance(50),
            no_gravity: random.chance(50),
            invulnerable: random.chance(50),
            portal_cooldown: random.bits() as i32,
            uuid: uuid(random),
            custom_name: random.maybe(50, |random| random.word(5, 20)),
            silent: random.chance(50),
            glowing: random.chance(50),
        }
    }

    fn lend(&self) -> CompanionView<'_> {
        CompanionView {
            id: &self.id,
            position: self.position,
            motion: self.motion,
            rotation: self.rotation,
            fall_distance: self.fall_distance,
            fire: self.fire,
            air: self.air,
            on_ground: self.on_ground,
            no_gravity: self.no_gravity,
            invulnerable: self.invulnerable,
            portal_cooldown: self.portal_cooldown,
            uuid: self.uuid,
            custom_name: self.custom_name.as_deref(),
            silent: self.silent,
            glowing: self.glowing,
        }
    }
}

impl Recipes {
    fn generate(random: &mut Random) -> Self {
        Self {
            known: random.many(0, 30, thing),
            to_show: random.many(0, 10, thing),
            filtering: random.chance(50),
            open: random.chance(50),
            furnace_filtering: random.chance(50),
            furnace_open: random.chance(50),
        }
    }

    fn lend(&self) -> RecipesView<'_> {
        RecipesView {
            known: self.known.iter().map(String::as_str).collect(),
            to_show: self.to_show.iter().map(String::as_str).collect(),
            filtering: self.filtering,
            open: self.open,
            furnace_filtering: self.furnace_filtering,
            furnace_open: self.furnace_open,
        }
    }
}

impl Player {
    fn generate(random: &mut Random) -> Self {
        Self {
            mode: random.pick(&MODES),
            previous_mode: random.pick(&MODES),
            score: random.bits() as i64,
            dimension: random.pick(&DIMENSIONS).into(),
            selected_slot: random.range(0, 9) as u32,
            selected: Item::generate(random),
            spawn_dimension: random.maybe(50, |random| random.pick(&DIMENSIONS).into()),
            spawn_x: random.bits() as i64,
            spawn_y: random.bits() as i64,
            spawn_z: random.bits() as i64,
            spawn_forced: random.maybe(50, |random| random.chance(50)),
            sleep_timer: random.bits() as u16,
            exhaustion: random.unit(),
            saturation: random.unit(),
            food_timer: random.bits() as u32,
            level: random.bits() as u32,
            progress: random.unit(),
            experience: random.bits() as i32,
            seed: random.bits() as i32,
            inventory: random.many(0, 40, Item::generate),
            chest: random.many(0, 27, Item::generate),
            abilities: Abilities::generate(random),
            portal: random.maybe(50, place),
            vehicle: random.maybe(50, |random| (uuid(random), Companion::generate(random))),
            left_shoulder: random.maybe(50, Companion::generate),
            right_shoulder: random.maybe(50, Companion::generate),
            saw_credits: random.chance(50),
            recipes: Recipes::generate(random),
        }
    }

    fn lend(&self) -> PlayerView<'_> {
        PlayerView {
            mode: self.mode,
            previous_mode: self.previous_mode,
            score: self.score,
            dimension: &self.dimension,
            selected_slot: self.selected_slot,
            selected: self.selected.lend(),
            spawn_dimension: self.spawn_dimension.as_deref(),
            spawn_x: self.spawn_x,
            spawn_y: self.spawn_y,
            spawn_z: self.spawn_z,
            spawn_forced: self.spawn_forced,
            sleep_timer: self.sleep_timer,
            exhaustion: self.exhaustion,
            saturation: self.saturation,
            food_timer: self.food_timer,
            level: self.level,
            progress: self.progress,
            experience: self.experience,
            seed: self.seed,
            inventory: self.inventory.iter().map(Item::lend).collect(),
            chest: self.chest.iter().map(Item::lend).collect(),
            abilities: self.abilities,
            portal: self.portal,
            vehicle: self.vehicle.as_ref().map(|(uuid, companion)| (*uuid, companion.lend())),
            left_shoulder: self.left_shoulder.as_ref().map(Companion::lend),
            right_shoulder: self.right_shoulder.as_ref().map(Companion::lend),
            saw_credits: self.saw_credits,
            recipes: self.recipes.lend(),
        }
    }
}

impl Set for Save {
    const NAME: &'static str = "minecraft_savedata";
    const ABOUT: &'static str = "500 players of 28 fields: numbers, options, enums, strings";

    fn generate(random: &mut Random) -> Self {
        Self { players: (0..500).map(|_| Player::generate(random)).collect() }
    }
}

impl Lend for Save {
    type View<'a> = SaveView<'a>;

    fn lend(&self) -> SaveView<'_> {
        SaveView { players: self.players.iter().map(Player::lend).collect() }
    }
}
