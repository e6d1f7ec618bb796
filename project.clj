; Read by Leiningen for `sparse jar` and `sparse submit`.
(defproject spindrift "0.1.0"
  :resource-paths ["_resources"]
  :target-path "_build"
  :min-lein-version "2.0.0"
  :dependencies []
  :prep-tasks ^:replace []
  :jar-exclusions     [#"\.egg-info" #"__pycache__"]
  :uberjar-exclusions [#"\.egg-info" #"__pycache__"])
