//! A document in many scripts: text of which most characters take two to four bytes.

use super::{Lend, Set, data, views};
use crate::random::Random;

data! {
    #[derive(Clone, Copy, bincode_next::Encode)]
    pub enum Style {
        Body,
        Quote,
        Code,
        Caption,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Span")]
    pub struct Span {
        pub text: String,
        pub bold: bool,
        pub size: u16,
        pub link: Option<String>,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Paragraph")]
    pub struct Paragraph {
        pub style: Style,
        pub spans: Vec<Span>,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Chapter")]
    pub struct Chapter {
        pub title: String,
        pub language: String,
        pub paragraphs: Vec<Paragraph>,
    }

    #[derive(Clone, bincode_next::Encode)]
    #[state(name = "benches.Document")]
    pub struct Document {
        pub title: String,
        pub chapters: Vec<Chapter>,
        pub glossary: Vec<(String, String)>,
    }
}

views! {
    #[state(name = "benches.Span")]
    pub struct SpanView<'a> {
        #[serde(borrow)]
        pub text: &'a str,
        pub bold: bool,
        pub size: u16,
        #[serde(borrow)]
        pub link: Option<&'a str>,
    }

    #[state(name = "benches.Paragraph")]
    pub struct ParagraphView<'a> {
        pub style: Style,
        #[serde(borrow)]
        pub spans: Vec<SpanView<'a>>,
    }

    #[state(name = "benches.Chapter")]
    pub struct ChapterView<'a> {
        pub title: &'a str,
        pub language: &'a str,
        #[serde(borrow)]
        pub paragraphs: Vec<ParagraphView<'a>>,
    }

    #[state(name = "benches.Document")]
    pub struct DocumentView<'a> {
        pub title: &'a str,
        #[serde(borrow)]
        pub chapters: Vec<ChapterView<'a>>,
        #[serde(borrow)]
        pub glossary: Vec<(&'a str, &'a str)>,
    }
}

/// A script's language, and some words in it.
type Script = (&'static str, [&'static str; 8]);

const SCRIPTS: [Script; 6] = [
    ("de", ["Größe", "über", "Straße", "schön", "Äpfel", "müßig", "Ölfaß", "für"]),
    ("el", ["κατάσταση", "μνήμη", "λόγος", "αντικείμενο", "και", "πρόγραμμα", "τιμή", "ψηφίο"]),
    ("ru", ["состояние", "память", "объект", "значение", "и", "запись", "чтение", "байт"]),
    ("ja", ["状態", "記憶", "オブジェクト", "値", "読み込み", "書き出し", "ばんごう", "文字"]),
    ("hi", ["स्थिति", "स्मृति", "वस्तु", "मान", "और", "लेखन", "पठन", "अक्षर"]),
    ("emoji", ["🚲", "🛠️ repair", "🏁", "👩‍🔧", "📦 box", "💾", "🔁", "🧭 north"]),
];

fn words((_, words): &Script, random: &mut Random, from: u64, to: u64) -> String {
    random.many(from, to, |random| random.pick(words)).join(" ")
}

impl Span {
    fn generate(script: &Script, random: &mut Random) -> Self {
        Self {
            text: words(script, random, 1, 20),
            bold: random.chance(20),
            size: random.pick(&[9, 10, 12, 18]),
            link: random.maybe(10, |random| format!("https://example.org/{}", words(script, random, 1, 2))),
        }
    }

    fn lend(&self) -> SpanView<'_> {
        SpanView { text: &self.text, bold: self.bold, size: self.size, link: self.link.as_deref() }
    }
}

impl Paragraph {
    fn generate(script: &Script, random: &mut Random) -> Self {
        Self {
            style: random.pick(&[Style::Body, Style::Body, Style::Quote, Style::Code, Style::Caption]),
            spans: random.many(1, 8, |random| Span::generate(script, random)),
        }
    }

    fn lend(&self) -> ParagraphView<'_> {
        ParagraphView { style: self.style, spans: self.spans.iter().map(Span::lend).collect() }
    }
}

impl Chapter {
    fn generate(random: &mut Random) -> Self {
        let script = random.pick(&SCRIPTS);
        Self {
            title: words(&script, random, 2, 6),
            language: script.0.into(),
            paragraphs: random.many(15, 25, |random| Paragraph::generate(&script, random)),
        }
    }

    fn lend(&self) -> ChapterView<'_> {
        ChapterView {
            title: &self.title,
            language: &self.language,
            paragraphs: self.paragraphs.iter().map(Paragraph::lend).collect(),
        }
    }
}

impl Set for Document {
    const NAME: &'static str = "document";
    const ABOUT: &'static str = "60 chapters in six scripts, 5,000 pieces of text that is not ASCII";

    fn generate(random: &mut Random) -> Self {
        let entry = |random: &mut Random| {
            let script = random.pick(&SCRIPTS);
            (words(&script, random, 1, 3), words(&script, random, 4, 12))
        };
        Self {
            title: words(&SCRIPTS[0], random, 3, 6),
            chapters: random.many(60, 61, Chapter::generate),
            glossary: random.many(200, 201, entry),
        }
    }
}

impl Lend for Document {
    type View<'a> = DocumentView<'a>;

    fn lend(&self) -> DocumentView<'_> {
        DocumentView {
            title: &self.title,
            chapters: self.chapters.iter().map(Chapter::lend).collect(),
            glossary: self.glossary.iter().map(|(term, text)| (&**term, &**text)).collect(),
        }
    }
}
