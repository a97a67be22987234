"""An adversary against everything that one reader can see."""
