import KubeModel
import Testing

@testable import LocalCluster

struct ScriptedProcessTests {
    private let container = ScriptedContainer(
        pod: KubeObject(["metadata": ["name": "web", "namespace": "shop"]]),
        container: ["name": "app", "env": [["name": "MODE", "value": "fast"]]])

    private func run(_ command: [String], input: String? = nil, isTerminal: Bool = false) -> [ScriptedProcess.Effect] {
        guard var process = ScriptedProcess(command, in: container, isTerminal: isTerminal) else { return [] }
        var effects = process.start(command)
        if let input { effects += process.input(Array(input.utf8)) }
        return effects + process.endOfInput()
    }

    @Test(
        arguments: [
            ("echo a  'b  c'", [.output("a b  c\n"), .exit(0)]),
            ("exit 3; echo no", [.exit(3)]),
            ("false && echo no || echo yes", [.output("yes\n"), .exit(0)]),
            ("echo $MODE \"${HOSTNAME}\"", [.output("fast web\n"), .exit(0)]),
            ("cat /nothing", [.error("cat: /nothing: No such file or directory\n"), .exit(1)]),
            ("nonsense", [.error("sh: nonsense: not found\n"), .exit(127)]),
            ("cat /etc/hostname; false", [.output("web\n"), .exit(1)]),
        ] as [(String, [ScriptedProcess.Effect])])
    func `a script`(script: String, effects: [ScriptedProcess.Effect]) {
        #expect(run(["sh", "-c", script]) == effects)
    }

    @Test func `cat says what it is told, until the input ends`() {
        #expect(run(["/bin/cat"], input: "one\ntwo") == [.output("one\n"), .output("two"), .exit(0)])
    }

    @Test func `a shell runs the lines of its input`() {
        #expect(run(["sh"], input: "pwd\nexit 4\necho no\n") == [.output("/\n"), .exit(4)])
    }

    @Test func `a terminal echoes, and ends at Ctrl-D`() {
        let effects = run(["sh"], input: "pwd\r\u{4}", isTerminal: true)
        #expect(effects == [.output("# "), .output("pwd\n"), .output("/\n"), .output("# "), .exit(0)])
    }

    @Test func `other programs aren't there`() {
        let process = ScriptedProcess(["rm", "-rf", "/"], in: container, isTerminal: false)
        #expect(process.map { _ in true } == nil)
    }
}
