import KubeModel
import Testing

@testable import CommandCenter

@Suite struct RouteTests {
    @Test func `a route is found at its own path`() {
        let key = ObjectKey(namespace: "shop", name: "talk-1.x")
        let routes: [Route] =
            [
                .home, .healthz, .readyz, .asset("style.css"), .signIn, .signOut, .theme, .conversations, .waiting,
                .new, .conversation(key),
            ] + Route.Part.allCases.map { .part($0, of: key) }
        for route in routes {
            #expect(Route(path: route.link.text) == route)
            #expect(!route.methods.isEmpty)
        }
    }

    @Test(arguments: [
        "/nothing", "/conversations/", "/conversations/shop", "/conversations/shop/", "/conversations//talk",
        "/conversations/shop/talk/", "/conversations/shop/talk/nothing", "/conversations/shop/talk/events/x",
        "/conversations/%2e%2e/talk", "/conversations/shop/..", "/conversations/shop/a%2Fb", "/conversations/shop/A",
        "/conversations/shop/talk%3Fx", "/conversations/shop/talk%00", "/conversations/shop/%zz", "/sign-in/x",
        "/assets/a/b", "//conversations",
    ])
    func `there is nothing at any other`(path: String) {
        #expect(Route(path: path) == nil)
    }

    @Test(arguments: [
        ("a=1&b=2", ["a": "1", "b": "2"]), ("", [:]), ("a", ["a": ""]), ("a=b=c", ["a": "b=c"]),
        ("a+b=%26%3D+x", ["a b": "&= x"]), ("a=1%0D%0A2", ["a": "1\n2"]), ("a=1%0D%0D%0A2%0D", ["a": "1\n\n2\n"]),
        ("a=%C3%A4", ["a": "ä"]),
        ("&&a=1", ["a": "1"]),
    ])
    func `a form's fields are read as they were sent`(body: String, fields: [String: String]) throws {
        #expect(try FormFields.parse(body) == fields)
    }

    @Test(arguments: ["a=1&a=2", "a=%", "a=%zz", "a=%ff", (0..<70).map { "f\($0)=" }.joined(separator: "&")])
    func `what isn't a form is refused`(body: String) {
        #expect(throws: BadInput.self) { try FormFields.parse(body) }
    }
}
