import Testing

@testable import CommandCenter

@Suite struct DiffMarkupTests {
    @Test func `rows have their numbers, and count what was added and removed`() {
        let diff = DiffMarkup(
            "--- a/web\n+++ b/web\n@@ -10,3 +10,3 @@\n spec:\n-  replicas: 2\n+  replicas: 3\n rest\n")
        #expect(
            diff.rows == [
                .file("--- a/web"), .file("+++ b/web"), .hunk("@@ -10,3 +10,3 @@"), .context("spec:", old: 10, new: 10),
                .removed("  replicas: 2", 11), .added("  replicas: 3", 11), .context("rest", old: 12, new: 12),
            ])
        #expect(diff.added == 1 && diff.removed == 1)
        let markup = diff.html(of: "web").markup
        #expect(markup.contains("<span class=\"vh\">removed </span>  replicas: 2"))
        #expect(markup.contains("+1 added") && markup.contains("−1 removed"))
    }

    @Test func `a line of the object that looks like a head of the diff is a removal`() {
        let diff = DiffMarkup("@@ -1,2 +1,1 @@\n--- a/other\n+++ b/other\n-x\n")
        #expect(
            diff.rows == [
                .hunk("@@ -1,2 +1,1 @@"), .removed("-- a/other", 1), .added("++ b/other", 1), .removed("x", 2),
            ])
    }

    @Test func `text of the diff stays text, also what can't be seen`() {
        let markup = DiffMarkup("+<script>alert(1)</script>\n+a\u{202E}b\n-\u{301}x").html(of: "</b><script>").markup
        #expect(!markup.contains("<script"))
        #expect(markup.contains("a\\u{202e}b"))
        #expect(Array(markup.unicodeScalars).contains("\u{301}"))
    }

    @Test func `of a long diff the rest is behind a fold, and there`() {
        let markup = DiffMarkup((1...500).map { "+line \($0)" }.joined(separator: "\n")).html(of: "long").markup
        #expect(markup.contains("380 more lines") && markup.contains("line 500"))
    }
}
