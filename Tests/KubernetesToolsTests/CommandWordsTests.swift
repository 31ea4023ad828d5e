import Testing
import Writes

@testable import KubernetesTools

@Suite struct CommandWordsTests {
    @Test(arguments: [
        ("ls -l /tmp", ["ls", "-l", "/tmp"]), ("cat '/etc/my file'", ["cat", "/etc/my file"]),
        (#"echo "a \" b" c\ d"#, ["echo", "a \" b", "c d"]),
        ("sh -c 'a | b; c $HOME'", ["sh", "-c", "a | b; c $HOME"]),
        ("-- env", ["env"]), ("printf ''", ["printf", ""]), ("a''b", ["ab"]), (#"echo "a\b""#, ["echo", #"a\b"#]),
        ("  find /  -name *.log ", ["find", "/", "-name", "*.log"]),
    ])
    func `words are those of a shell that expands nothing`(_ text: String, _ words: [String]) throws {
        #expect(try CommandWords.split(text) == words)
    }

    @Test(arguments: [
        "ls | wc", "ls > x", "a; b", "a && b", "echo $HOME", #"echo "$HOME""#, "echo `id`", "(ls)", "a\nb", "echo 'a",
        #"echo "a"#, "a\\", "", "''", "--",
    ])
    func `what needs a shell, doesn't end, or is nothing is refused`(_ text: String) {
        #expect(throws: ToolFailure.self) { try CommandWords.split(text) }
    }

    @Test func `a JSON array is taken as it stands`() throws {
        #expect(try ExecTool.command(#"["sh", "-c", "a | b"]"#) == ["sh", "-c", "a | b"])
        #expect(throws: ToolFailure.self) { try ExecTool.command("[1]") }
        #expect(throws: ToolFailure.self) { try ExecTool.command(#"[""]"#) }
    }
}
