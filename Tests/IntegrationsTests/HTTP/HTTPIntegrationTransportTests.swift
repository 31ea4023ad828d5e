import AsyncHTTPClient
import KubeModel
import TestJenkins
import TestWeb
import Testing

@testable import Integrations

@Suite struct HTTPIntegrationTransportTests {
    private func failure(
        _ answer: TestJenkins.Answer, limit: Int = 1 << 20, timeout: Duration = .seconds(20)
    ) async throws -> IntegrationError? {
        let jenkins = TestJenkins(prefix: "/ci")
        jenkins.answer("GET", "/job/x/api/json", with: answer)
        var failure: IntegrationError?
        try await jenkins.serve {
            let client = try jenkins.client(timeout: timeout)
            do {
                _ = try await client.job(JenkinsPath("x"))
            } catch let error as IntegrationError {
                failure = error
            }
        }
        return failure
    }

    @Test(arguments: [
        (
            TestJenkins.Answer(302, headers: ["location": "http://evil.example/"]), IntegrationError.Code.malformed,
            "redirect to another address"
        ),
        (.init(302, headers: ["location": "/ci/login?from=x"]), .unauthorized, "asks to log in"),
        (.init(302), .malformed, "doesn't say where to"),
        (.init(302, headers: ["location": "/ci/job/x/api/json"]), .malformed, "again and again"),
        (.init(200, "<html>hello</html>"), .malformed, "a web page where JSON was asked for"),
        (.init(200, "{\"name\": \"x\","), .malformed, "not valid JSON"),
        (.init(200, "\"text\""), .malformed, "not valid JSON"),
        (.init(401, "no"), .unauthorized, "does not accept the integration's user and token"),
        (.init(403, "no", headers: ["x-you-are-authenticated-as": "bob"]), .forbidden, "(as bob)"),
        (.init(404, "no"), .notFound, "job x does not exist"),
        (.init(500, "oops", headers: ["x-error": "disk full"]), .status(500), "HTTP 500 for job x: disk full"),
    ])
    func `what is no answer is told in a sentence`(
        _ answer: TestJenkins.Answer, _ code: IntegrationError.Code, _ text: String
    ) async throws {
        let failure = try #require(try await failure(answer))
        #expect(failure.code == code)
        #expect(failure.message.contains(text), "\(failure.message)")
        #expect(!failure.message.contains("evil"))
    }

    @Test func `an endless answer is not read to its end`() async throws {
        var answer = TestJenkins.Answer(200, String(repeating: " ", count: 65_536))
        answer.isEndless = true
        #expect(try await failure(answer)?.code == .tooLarge)
    }

    @Test func `an answer that never ends in time is given up`() async throws {
        var answer = TestJenkins.Answer(200, "{\"name\":")
        answer.stalls = true
        #expect(try await failure(answer, timeout: .milliseconds(300))?.code == .noAnswer)
    }

    @Test func `nobody there is told apart from no answer`() async throws {
        let origin = try IntegrationOrigin("http://127.0.0.1:1/")
        let transport = try HTTPIntegrationTransport(origin, credential: nil, timeout: .seconds(20))
        let client = JenkinsClient(transport, name: "main")
        await #expect {
            try await client.job(JenkinsPath("x"))
        } throws: { error in
            (error as? IntegrationError)?.code == .unreachable
                && "\(error)" == "Jenkins main: the system can't be reached: the connection was refused"
        }
    }

    @Test func `a server that repeats the credential tells nobody`() async throws {
        let jenkins = TestJenkins()
        try await jenkins.serve {
            let basic = Base64.encode(Array("copilot:\(jenkins.token)".utf8))
            jenkins.answer("GET", "/job/x/1/logText", with: .init(200, "token \(jenkins.token), Basic \(basic)."))
            let log = try await jenkins.client().log(.number(1), of: JenkinsPath("x"), from: 0)
            #expect(log.text == "token [redacted], Basic [redacted].")
            #expect(jenkins.requests.first?.headers["authorization"] == "Basic \(basic)")
        }
    }

    @Test func `certificates that are none are refused before anything is sent`() throws {
        let origin = try IntegrationOrigin("https://ci.example.com")
        #expect(throws: IntegrationError.self) {
            try HTTPIntegrationTransport(origin, credential: nil, certificates: "not PEM")
        }
    }

    @Test func `a credential prints as nothing`() throws {
        let credential = try IntegrationCredential(username: "copilot", secret: "hunter22\n")
        var dumped = ""
        dump(credential, to: &dumped)
        #expect("\(credential) \(String(reflecting: credential)) \(dumped)".contains("hunter") == false)
        #expect(throws: IntegrationError.self) { try IntegrationCredential(username: "a:b", secret: "x") }
        #expect(throws: IntegrationError.self) { try IntegrationCredential(username: "a", secret: "x\ny") }
        #expect(throws: IntegrationError.self) { try IntegrationCredential(username: "a", secret: "\n") }
        #expect(throws: IntegrationError.self) { try IntegrationCredential(token: "\n") }
        #expect("\(try IntegrationCredential(token: "hunter22"))" == "[redacted]")
    }
}

extension TestJenkins {
    func client(jobs: [String] = [], timeout: Duration = .seconds(20)) throws -> JenkinsClient {
        let credential = try IntegrationCredential(username: Self.user, secret: token)
        let transport = try HTTPIntegrationTransport(IntegrationOrigin(url), credential: credential, timeout: timeout)
        return JenkinsClient(transport, name: "main", jobs: NamePatterns(jobs))
    }
}
