import Glibc
import KubeModel
import TestJenkins

/// The Jenkins of the tests, for other clients: prints its address, and serves until it is ended.
@main struct JenkinsServer {
    static func main() async throws {
        let jenkins = TestJenkins(prefix: "/ci")
        jenkins.change { state in
            state.job("shop/deploy") { job in
                job.parameters = [
                    [
                        "_class": "hudson.model.ChoiceParameterDefinition", "name": "ENV",
                        "type": "ChoiceParameterDefinition", "description": "Where", "choices": ["dev", "prod"],
                        "defaultParameterValue": ["_class": "hudson.model.StringParameterValue", "value": "dev"],
                    ]
                ]
                job.stages = [
                    [
                        "id": "6", "name": "Build", "status": "SUCCESS", "startTimeMillis": 0, "durationMillis": 61_000,
                        "stageFlowNodes": [],
                    ]
                ]
            }
            state.job("shop/team/inner")
            state.build("shop/deploy")
            state.job("plain") { job in
                job.type = "hudson.model.FreeStyleProject"
                job.outcome = nil
            }
        }
        try await jenkins.run(port: 0) {
            print("\(jenkins.url) \(jenkins.password) \(jenkins.token)")
            fflush(nil)
        }
    }
}
