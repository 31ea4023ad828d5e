import Testing

@testable import CommandCenter

@Suite struct MarkdownTests {
    private func html(_ text: String) -> String { Markdown.html(text).markup }

    @Test(arguments: [
        ("plain", "<p>plain</p>"),
        ("two\nlines\n\nand more", "<p>two\nlines</p><p>and more</p>"),
        ("# Title #\ntext", "<h3>Title</h3><p>text</p>"),
        ("### Deeper", "<h4>Deeper</h4>"),
        (
            "a **bold** and *slanted* `x < y` ~~gone~~",
            "<p>a <b>bold</b> and <em>slanted</em> <code>x &lt; y</code> <del>gone</del></p>"
        ),
        ("snake_case_name and 2 * 3 * 4", "<p>snake_case_name and 2 * 3 * 4</p>"),
        (#"\*not\* emphasis"#, "<p>*not* emphasis</p>"),
        ("- one\n- two\n  - inner\n", "<ul><li><p>one</p></li><li><p>two</p><ul><li><p>inner</p></li></ul></li></ul>"),
        ("1. one\n2. two", "<ol><li><p>one</p></li><li><p>two</p></li></ol>"),
        ("> quoted\n> on", "<blockquote class=\"think\"><p>quoted\non</p></blockquote>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("``a ` b``", "<p><code>a ` b</code></p>"),
    ])
    func `what models write becomes elements`(text: String, expected: String) {
        #expect(html(text) == expected)
    }

    @Test func `a table keeps its cells, whatever is in them`() {
        let text = "| Name | Ready |\n|---|---:|\n| web \\| x | 2 |\n| <b> |\n\nend"
        let markup = html(text)
        #expect(markup.contains("<th scope=\"col\">Name</th><th class=\"num\" scope=\"col\">Ready</th>"))
        #expect(markup.contains("<td>web | x</td><td class=\"num\">2</td>"))
        #expect(markup.contains("<td>&lt;b&gt;</td><td class=\"num\"></td>"))
        #expect(markup.hasSuffix("<p>end</p>"))
    }

    @Test func `code stays as it is, and ends with the text where nobody closes it`() {
        let markup = html("```yaml\na: **b**\n<script>\n")
        #expect(markup.contains(">a: **b**\n&lt;script&gt;\n</pre>"))
        #expect(markup.contains("aria-label=\"Code: yaml\""))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![a](https://evil.example/a.png)",
        "[a](javascript:alert(1))", "[a](data:text/html,x)", "[a](https://good.example@evil.example/)",
        "[a](https://evil.example/\"onclick=\"alert(1))", "<button data-approve>Approve</button>",
        "```\n</pre><script>alert(1)</script>\n```", "```x\" onclick=\"y\na\n```", "|<i>|\n|-|\n|</td><form>|",
        "[<b>x</b>](//evil.example)", "**<a href=x>**",
    ])
    func `nothing of it becomes an element, an address or an attribute of its own`(text: String) {
        let markup = html(text)
        for forbidden in [
            "<script", "<img", "<button", "<form", "<i>", "href=\"j", "href=\"d", "href=\"/", "\" onclick", "<b>x",
        ] {
            #expect(!markup.contains(forbidden), "\(markup)")
        }
        #expect(!markup.contains("@evil.example/\""), "\(markup)")
    }

    @Test func `a link says where it leads`() {
        let anchor =
            "<a href=\"https://docs.example/a?b=1&amp;c=2\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">https://docs.example/a?b=1&amp;c=2</a>"
        #expect(html("[Approve](https://docs.example/a?b=1&c=2)") == "<p>Approve (\(anchor))</p>")
        #expect(html("see https://docs.example/a?b=1&c=2.") == "<p>see \(anchor).</p>")
    }

    @Test func `what can't be seen is written out`() {
        #expect(html("a\u{202E}b") == "<p>a\\u{202e}b</p>")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["*a", "`a", "[a](", "> ", "- ", "~~", "_a ", "|a|\n", "``` ", "![", "**a*"])
    func `a text of openings alone takes no longer than another`(piece: String) {
        #expect(!html(String(repeating: piece, count: 20_000)).isEmpty)
    }
}
