import Testing

@testable import Integrations

@Suite struct JenkinsPathTests {
    @Test(arguments: [
        ("a", ["job", "a"]), ("/a/b/", ["job", "a", "job", "b"]),
        ("shop/feature%2Flogin", ["job", "shop", "job", "feature%2Flogin"]), ("A job", ["job", "A job"]),
    ])
    func `a full name is a path`(_ name: String, _ segments: [String]) throws {
        #expect(try JenkinsPath(name).segments == segments)
    }

    @Test(arguments: [
        "", "/", "a//b", "a/../b", "..", "a/./b", "a?b", "a#b", "a\nb", "a\u{0}b", "http://evil.example/job/a",
        "a*", "x:y", String(repeating: "a/", count: 30) + "b",
    ])
    func `what is none is refused`(_ name: String) {
        #expect(throws: IntegrationError.self) { try JenkinsPath(name) }
    }

    @Test(arguments: [
        ("https://other.example/jenkins/job/a/job/b%20c/12/", "a/b c"), ("/job/a/", "a"),
        ("http://h/job/shop/job/feature%252Fx/", "shop/feature%2Fx"), ("http://job/job/a/", "a"),
    ])
    func `a URL of any host names its job`(_ url: String, _ name: String) {
        #expect(JenkinsPath(url: url)?.description == name)
    }

    @Test(arguments: ["", "https://h/queue/item/1/", "https://h/job/", "/job/../job/x/"])
    func `a URL without one names none`(_ url: String) { #expect(JenkinsPath(url: url) == nil) }

    @Test(arguments: [
        ("12", "12"), ("#7", "7"), ("lastFailedBuild", "lastFailedBuild"),
    ])
    func `builds have numbers and names`(_ text: String, _ path: String) throws {
        #expect(try JenkinsBuildReference(text).description == path)
    }

    @Test(arguments: ["0", "-1", "1.5", "latest", "", "1/../2", "٣"])
    func `other words are no builds`(_ text: String) {
        #expect(throws: IntegrationError.self) { try JenkinsBuildReference(text) }
    }

    @Test(arguments: [
        ("shop/build", "shop/*", true), ("shop/a/b", "shop/*", true), ("shops", "shop/*", false),
        ("x/deploy-prod", "*prod", true), ("x/deploy-prod/y", "*prod", false), ("a", "*", true),
        ("aab", "a*b*b", false),
        ("abxb", "a*b*b", true), ("a", "a", true), ("a", "", false),
    ])
    func `patterns allow jobs`(_ name: String, _ pattern: String, _ isAllowed: Bool) throws {
        #expect(try NamePatterns([pattern]).allow(JenkinsPath(name).description) == isAllowed)
    }

    @Test(arguments: [
        ("http://h/queue/item/17/", 17), ("/jenkins/queue/item/0", 0), ("https://evil.example/queue/item/3/?x#y", 3),
    ])
    func `a location names its queue item`(_ location: String, _ id: Int) {
        #expect(JenkinsQueueItem.id(inLocation: location) == id)
    }

    @Test(arguments: ["", "http://h/", "http://h/queue/item/x/", "http://h/job/item/3/", "/queue/item/-1/", "item/3"])
    func `a wrong location names none`(_ location: String) {
        #expect(JenkinsQueueItem.id(inLocation: location) == nil)
    }
}

@Suite struct ConsoleTextTests {
    @Test(arguments: [
        ("\u{1B}[31mred\u{1B}[0m plain", "red plain"), ("a\r\nb\n", "a\nb\n"), ("10%\r20%\r30%\ndone", "30%\ndone"),
        ("\u{1B}[8mha:////4Abc+/=\u{1B}[0m[Pipeline] sh", "[Pipeline] sh"), ("\u{1B}]0;title\u{07}x", "x"),
        ("\u{1B}]8;;http://a\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"), ("bell\u{07}\u{00}", "bell"), ("\u{1B}", ""),
        ("\u{1B}[", ""), ("\u{1B}[12;", ""), ("a\tb", "a\tb"), ("ü\u{1B}(Bö", "üö"), ("x\u{1B}[2Ky", "xy"),
        ("a\r", "a"),
        ("\u{1B}[8mha:unfinished text", " text"),
    ])
    func `what a terminal would not show is left out`(_ log: String, _ text: String) {
        #expect(ConsoleText.plain(Array(log.utf8)) == text)
    }

    @Test func `bytes that are no text don't stop it`() {
        #expect(ConsoleText.plain([0xFF, 0x41, 0x0A, 0xC3]) == "\u{FFFD}A\n\u{FFFD}")
    }

    @Test func `a search shows lines with some around them`() {
        let text = (1...20).map { $0 == 5 || $0 == 7 || $0 == 20 ? "Error \($0)" : "line \($0)" }.joined(
            separator: "\n")
        let found = LogSearch.find(["ERROR"], in: text, context: 1, most: 10)
        #expect(found.found == 3)
        #expect(
            found.lines == [
                "  4: line 4", "> 5: Error 5", "  6: line 6", "> 7: Error 7", "  8: line 8", "--", "  19: line 19",
                "> 20: Error 20",
            ])
        #expect(LogSearch.find(["error"], in: text, context: 50, most: 10).lines.count == 20)
        #expect(LogSearch.find(["", "nothing"], in: text, context: 1, most: 10).found == 0)
    }

    @Test func `of a failed log the lines that say why are kept`() {
        let log =
            "Started\n[Pipeline] sh\n+ make\nmain.c:3: error: expected ';'\nmake: *** [all] Error 1\nFinished: FAILURE\n"
        #expect(LogExcerpt.relevant(log) == ["main.c:3: error: expected ';'", "make: *** [all] Error 1"])
        #expect(LogExcerpt.relevant("a\nb\n[Pipeline] End\n") == ["a", "b"])
    }
}
