import Glibc
import TestGitHosts
import TestWeb

/// The GitHub and the GitLab of the tests, for other clients: prints their addresses, and serves until it is ended.
@main struct GitHostServers {
    static func main() async throws {
        let (gitHub, gitLab) = (TestGitHub(), TestGitLab(prefix: ""))
        try await gitHub.web.serve {
            try await gitLab.web.run(port: 0) {
                print("\(gitHub.web.url) \(gitLab.web.url)")
                fflush(nil)
            }
        }
    }
}
