import Testing

@testable import SkyfloCLI

@Suite struct StyledTextTests {
    @Test func `styles are the only escape sequences, and only where there is colour`() {
        let text = StyledText("a\u{1B}[31m", style: .red) + StyledText("b")
        #expect(text.rendered(isColoured: false) == "a\\u{1b}[31mb")
        #expect(text.rendered(isColoured: true) == "\u{1B}[31ma\\u{1b}[31m\u{1B}[0mb")
    }
}
